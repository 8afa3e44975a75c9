"""Enable, disable, delete: the key-state table of the developer guide (2023), and what was seen of it."""

from __future__ import annotations

import pytest

from keyconsole.sandbox.server import Sandbox
from tests.sandbox.conftest import PAYMENTS, arn, described, refusal

EAST, IRELAND = "us-east-1", "eu-west-1"


@pytest.fixture
def key(kms: Sandbox) -> str:
    return kms.seed_set(PAYMENTS)


def test_a_state_belongs_to_one_region(client, key):
    client(IRELAND).disable_key(KeyId=key)

    assert described(client, IRELAND, key)["KeyState"] == "Disabled"
    assert described(client, EAST, key)["KeyState"] == "Enabled"


def test_a_disabled_key_does_not_encrypt_until_it_is_enabled(client, key):
    client(EAST).disable_key(KeyId=key)
    assert refusal(client(EAST).encrypt, KeyId=key, Plaintext=b"x") == (
        "DisabledException",
        f"{arn(EAST, key)} is disabled.",
    )

    client(EAST).enable_key(KeyId=key)
    assert client(EAST).encrypt(KeyId=key, Plaintext=b"x")["KeyId"] == arn(EAST, key)


def test_a_primary_with_replicas_waits_for_them_without_a_date(client, key):
    """Developer guide: PendingReplicaDeletion has a window and no date until the last replica is deleted."""
    answer = client(EAST).schedule_key_deletion(KeyId=key, PendingWindowInDays=9)
    metadata = described(client, EAST, key)

    assert "DeletionDate" not in answer
    assert metadata["KeyState"] == answer["KeyState"] == "PendingReplicaDeletion"
    assert metadata["PendingDeletionWindowInDays"] == 9
    assert "DeletionDate" not in metadata
    assert described(client, IRELAND, key)["KeyState"] == "Enabled"


def test_a_replica_is_scheduled_for_a_date(client, key):
    metadata_before = described(client, IRELAND, key)
    client(IRELAND).schedule_key_deletion(KeyId=key, PendingWindowInDays=7)
    metadata = described(client, IRELAND, key)

    assert metadata["KeyState"] == "PendingDeletion"
    assert (metadata["DeletionDate"] - metadata_before["CreationDate"]).days == 7
    assert "PendingDeletionWindowInDays" not in metadata


@pytest.mark.parametrize("days", [6, 31])
def test_the_window_is_7_to_30_days(client, key, days):
    code, _ = refusal(client(IRELAND).schedule_key_deletion, KeyId=key, PendingWindowInDays=days)

    assert code == "ValidationException"


@pytest.mark.parametrize(
    ("region", "words"), [(EAST, "pending replica deletion"), (IRELAND, "pending deletion")]
)
@pytest.mark.parametrize("operation", ["enable_key", "disable_key", "schedule_key_deletion"])
def test_a_key_pending_deletion_refuses_changes(client, key, region, words, operation):
    client(region).schedule_key_deletion(KeyId=key)

    assert refusal(getattr(client(region), operation), KeyId=key) == (
        "KMSInvalidStateException",
        f"{arn(region, key)} is {words}.",
    )


def test_tags_are_refused_pending_replica_deletion(client, key):
    """Observed 2026-09-12."""
    client(EAST).schedule_key_deletion(KeyId=key)
    tags = [{"TagKey": "owner", "TagValue": "payments"}]

    assert refusal(client(EAST).tag_resource, KeyId=key, Tags=tags) == (
        "KMSInvalidStateException",
        f"{arn(EAST, key)} is pending replica deletion.",
    )


@pytest.mark.parametrize("region", [EAST, IRELAND])
def test_cancelling_a_deletion_leaves_the_key_disabled(client, key, region):
    """Developer guide: it must be enabled again before it can take part in a move."""
    client(region).schedule_key_deletion(KeyId=key)
    assert client(region).cancel_key_deletion(KeyId=key)["KeyId"] == arn(region, key)

    assert described(client, region, key)["KeyState"] == "Disabled"
    assert refusal(client(EAST).update_primary_region, KeyId=key, PrimaryRegion=IRELAND)[0] == (
        "DisabledException"
    )


def test_a_former_primary_can_be_deleted_as_a_replica(client, key):
    """The guide's remedy for removing a primary from a Region without deleting its replicas."""
    client(EAST).update_primary_region(KeyId=key, PrimaryRegion=IRELAND)

    assert client(EAST).schedule_key_deletion(KeyId=key)["KeyState"] == "PendingDeletion"


def test_an_unknown_key_spec_is_refused(client):
    assert refusal(client(EAST).create_key, KeySpec="AES_64")[0] == "ValidationException"


def test_signing_keys_sign_in_every_region_with_one_pair(kms, client):
    key = client(EAST).create_key(MultiRegion=True, KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")
    key_id = key["KeyMetadata"]["KeyId"]
    client(EAST).replicate_key(KeyId=key_id, ReplicaRegion=IRELAND)
    how = {"KeyId": key_id, "Message": b"pay 12.00", "SigningAlgorithm": "ECDSA_SHA_256"}

    signature = client(EAST).sign(**how)["Signature"]

    assert client(IRELAND).verify(**how, Signature=signature)["SignatureValid"] is True


def test_a_cipher_text_is_sealed_again_under_another_key(kms, client, key):
    other = kms.seed_set(PAYMENTS, alias="ledger")
    sealed = client(EAST).encrypt(KeyId="alias/card-vault", Plaintext=b"x")["CiphertextBlob"]
    again = client(IRELAND).re_encrypt(CiphertextBlob=sealed, DestinationKeyId=other)

    assert again["KeyId"] == arn(IRELAND, other)
    assert client(EAST).decrypt(CiphertextBlob=again["CiphertextBlob"])["KeyId"] == arn(EAST, other)
