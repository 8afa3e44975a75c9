"""Key material: its id in DescribeKey, its rotations, and that old ciphertexts stay open.

Recorded 2026-09-12 unless a test says otherwise.
"""

from __future__ import annotations

import re

import pytest

from keyconsole.sandbox.server import Sandbox
from tests.sandbox.conftest import PAYMENTS, arn, described, refusal

EAST, IRELAND, OREGON = "us-east-1", "eu-west-1", "us-west-2"


@pytest.fixture
def key(kms: Sandbox) -> str:
    return kms.seed_set(PAYMENTS)


def material(client, region, key):
    return described(client, region, key).get("CurrentKeyMaterialId")


def rotations(client, region, key, **asked):
    return client(region).list_key_rotations(KeyId=key, **asked)["Rotations"]


def everything(client, region, key, **asked):
    return rotations(client, region, key, IncludeKeyMaterial="ALL_KEY_MATERIAL", **asked)


def test_a_set_has_one_material_in_every_region(client, key):
    """The id is 64 hex digits (API model)."""
    first = material(client, EAST, key)

    assert re.fullmatch("[a-f0-9]{64}", first)
    assert material(client, IRELAND, key) == first
    made = client(EAST).create_key()["KeyMetadata"]
    assert re.fullmatch("[a-f0-9]{64}", made["CurrentKeyMaterialId"])
    assert made["CurrentKeyMaterialId"] != first


def test_a_replica_has_no_material_id_while_it_is_being_created(kms, client, key):
    kms.settle_seconds(60)
    answer = client(EAST).replicate_key(KeyId=key, ReplicaRegion=OREGON)["ReplicaKeyMetadata"]

    assert "CurrentKeyMaterialId" not in answer
    assert material(client, OREGON, key) is None
    kms.settle_seconds(0)
    assert material(client, OREGON, key) == material(client, EAST, key)


def test_a_key_that_waits_for_its_material_has_no_material_id(client):
    made = client(EAST).create_key(Origin="EXTERNAL")["KeyMetadata"]

    assert made["KeyState"] == "PendingImport"
    assert {"CurrentKeyMaterialId", "ExpirationModel"}.isdisjoint(made)


def test_imported_material_has_an_id_and_an_expiration_model(kms, client):
    shown = described(client, EAST, kms.seed_set(PAYMENTS, alias="imported", origin="EXTERNAL"))

    assert re.fullmatch("[a-f0-9]{64}", shown["CurrentKeyMaterialId"])
    assert shown["ExpirationModel"] == "KEY_MATERIAL_DOES_NOT_EXPIRE"


@pytest.mark.parametrize(
    ("spec", "usage"),
    [("RSA_2048", "SIGN_VERIFY"), ("ECC_NIST_P256", "SIGN_VERIFY"), ("HMAC_256", "GENERATE_VERIFY_MAC")],
)
def test_only_symmetric_encryption_keys_show_a_material_id(client, spec, usage):
    assert "CurrentKeyMaterialId" not in client(EAST).create_key(KeySpec=spec, KeyUsage=usage)["KeyMetadata"]


@pytest.mark.parametrize("state", ["Disabled", "PendingDeletion"])
def test_the_material_id_stays_whatever_the_state(kms, client, key, state):
    before = material(client, IRELAND, key)
    kms.set_state(PAYMENTS, IRELAND, key, state)

    assert material(client, IRELAND, key) == before


def test_before_any_rotation_the_list_is_empty_but_for_the_first_material(client, key):
    first = {
        "KeyId": arn(EAST, key),
        "KeyMaterialId": material(client, EAST, key),
        "KeyMaterialState": "CURRENT",
    }

    assert rotations(client, EAST, key) == []
    assert everything(client, EAST, key) == [first]


def test_a_rotation_on_demand_gives_the_whole_set_a_new_material(client, key):
    old = material(client, EAST, key)
    answer = client(EAST).rotate_key_on_demand(KeyId=key)
    new = material(client, EAST, key)
    (listed,) = rotations(client, IRELAND, key)

    assert answer["KeyId"] == arn(EAST, key)
    assert new != old
    assert material(client, IRELAND, key) == new
    assert listed.pop("RotationDate")
    assert listed == {
        "KeyId": arn(IRELAND, key),
        "KeyMaterialId": new,
        "KeyMaterialState": "CURRENT",
        "RotationType": "ON_DEMAND",
    }
    assert everything(client, IRELAND, key)[0] == {
        "KeyId": arn(IRELAND, key),
        "KeyMaterialId": old,
        "KeyMaterialState": "NON_CURRENT",
    }


def test_what_an_old_material_sealed_stays_open_and_says_so(client, key):
    old = material(client, EAST, key)
    sealed = client(EAST).encrypt(KeyId=key, Plaintext=b"x")["CiphertextBlob"]
    client(EAST).rotate_key_on_demand(KeyId=key)
    new = material(client, EAST, key)
    again = client(IRELAND).re_encrypt(CiphertextBlob=sealed, DestinationKeyId=key)

    opened = client(IRELAND).decrypt(CiphertextBlob=sealed)
    assert (opened["Plaintext"], opened["KeyMaterialId"]) == (b"x", old)
    assert (again["SourceKeyMaterialId"], again["DestinationKeyMaterialId"]) == (old, new)
    assert client(EAST).generate_data_key(KeyId=key, KeySpec="AES_256")["KeyMaterialId"] == new


def test_a_second_request_while_one_runs_succeeds_and_changes_nothing(kms, client, key):
    kms.settle_seconds(60)
    client(EAST).rotate_key_on_demand(KeyId=key)
    started = client(EAST).get_key_rotation_status(KeyId=key)["OnDemandRotationStartDate"]
    client(EAST).rotate_key_on_demand(KeyId=key)

    assert client(EAST).get_key_rotation_status(KeyId=key)["OnDemandRotationStartDate"] == started
    assert rotations(client, EAST, key) == []
    kms.settle_seconds(0)
    assert len(rotations(client, EAST, key)) == 1


@pytest.mark.parametrize("state", ["Disabled", "PendingDeletion"])
def test_a_rotation_under_way_ends_also_for_a_key_that_is_no_longer_enabled(kms, client, state):
    key = kms.seed_key(PAYMENTS)
    kms.settle_seconds(60)
    client(EAST).rotate_key_on_demand(KeyId=key)
    kms.set_state(PAYMENTS, EAST, key, state)
    assert "OnDemandRotationStartDate" in client(EAST).get_key_rotation_status(KeyId=key)

    kms.settle_seconds(0)
    assert "OnDemandRotationStartDate" not in client(EAST).get_key_rotation_status(KeyId=key)
    assert len(rotations(client, EAST, key)) == 1


def test_a_key_rotates_on_demand_25_times_at_most(client, key):
    """API model of RotateKeyOnDemand; nobody has recorded the sentence."""
    for _ in range(25):
        client(EAST).rotate_key_on_demand(KeyId=key)

    assert refusal(client(EAST).rotate_key_on_demand, KeyId=key)[0] == "LimitExceededException"
    assert len(everything(client, EAST, key)) == 26


def test_the_list_comes_in_pages_oldest_first(client, key):
    client(EAST).rotate_key_on_demand(KeyId=key)
    how = {"KeyId": key, "IncludeKeyMaterial": "ALL_KEY_MATERIAL", "Limit": 1}
    first = client(EAST).list_key_rotations(**how)
    second = client(EAST).list_key_rotations(**how, Marker=first["NextMarker"])

    assert (first["Truncated"], second["Truncated"]) == (True, False)
    assert [page["Rotations"][0]["KeyMaterialState"] for page in (first, second)] == [
        "NON_CURRENT",
        "CURRENT",
    ]
    assert refusal(client(EAST).list_key_rotations, **how, Marker="?") == ("InvalidMarkerException", "")


@pytest.mark.parametrize("state", ["Disabled", "PendingDeletion"])
def test_the_list_can_be_read_whatever_the_state(kms, client, key, state):
    client(EAST).rotate_key_on_demand(KeyId=key)
    kms.set_state(PAYMENTS, IRELAND, key, state)

    assert len(rotations(client, IRELAND, key)) == 1


def test_an_hmac_key_has_no_rotations_to_list(client):
    made = client(EAST).create_key(KeySpec="HMAC_256", KeyUsage="GENERATE_VERIFY_MAC")

    assert rotations(client, EAST, made["KeyMetadata"]["KeyId"]) == []
