"""Rotation is the primary's affair and shows everywhere (recorded 2026-09-12)."""

from __future__ import annotations

import pytest

from keyconsole.sandbox.server import Sandbox
from tests.sandbox.conftest import PAYMENTS, arn, refusal

EAST, IRELAND = "us-east-1", "eu-west-1"


@pytest.fixture
def key(kms: Sandbox) -> str:
    return kms.seed_set(PAYMENTS)


@pytest.mark.parametrize("operation", ["EnableKeyRotation", "DisableKeyRotation", "RotateKeyOnDemand"])
def test_a_replica_refuses_with_the_name_of_the_operation(client, key, operation):
    method = {
        "EnableKeyRotation": "enable_key_rotation",
        "DisableKeyRotation": "disable_key_rotation",
        "RotateKeyOnDemand": "rotate_key_on_demand",
    }[operation]

    assert refusal(getattr(client(IRELAND), method), KeyId=key) == (
        "UnsupportedOperationException",
        f"{arn(IRELAND, key)} is a multi-region replica key which is not valid for {operation}.",
    )


def test_a_replica_mirrors_the_rotation_of_its_primary(client, key):
    client(EAST).enable_key_rotation(KeyId=key, RotationPeriodInDays=90)
    at_home = client(EAST).get_key_rotation_status(KeyId=key)
    there = client(IRELAND).get_key_rotation_status(KeyId=key)

    assert at_home["KeyRotationEnabled"] is there["KeyRotationEnabled"] is True
    assert at_home["RotationPeriodInDays"] == there["RotationPeriodInDays"] == 90
    assert at_home["NextRotationDate"] == there["NextRotationDate"]


def test_pending_deletion_a_replica_says_off_and_a_primary_still_says_on(client, key):
    client(EAST).enable_key_rotation(KeyId=key)
    client(IRELAND).schedule_key_deletion(KeyId=key)
    client(EAST).schedule_key_deletion(KeyId=key)

    assert client(IRELAND).get_key_rotation_status(KeyId=key)["KeyRotationEnabled"] is False
    assert client(EAST).get_key_rotation_status(KeyId=key)["KeyRotationEnabled"] is True


def test_a_rotation_on_demand_shows_its_start_while_it_runs(kms, client, key):
    client(EAST).enable_key_rotation(KeyId=key)
    kms.settle_seconds(60)
    client(EAST).rotate_key_on_demand(KeyId=key)

    assert "OnDemandRotationStartDate" in client(EAST).get_key_rotation_status(KeyId=key)
    kms.settle_seconds(0)
    assert "OnDemandRotationStartDate" not in client(EAST).get_key_rotation_status(KeyId=key)


def test_after_a_move_rotation_is_administered_in_the_new_region(client, key):
    client(EAST).update_primary_region(KeyId=key, PrimaryRegion=IRELAND)

    client(IRELAND).enable_key_rotation(KeyId=key, RotationPeriodInDays=120)

    assert client(EAST).get_key_rotation_status(KeyId=key)["RotationPeriodInDays"] == 120
    assert refusal(client(EAST).disable_key_rotation, KeyId=key)[0] == "UnsupportedOperationException"


@pytest.fixture
def single(kms: Sandbox) -> str:
    return kms.seed_key(PAYMENTS)


def status(client, key):
    answer = client(EAST).get_key_rotation_status(KeyId=key)
    answer.pop("ResponseMetadata")
    return answer


def test_the_status_names_the_key_by_its_arn(client, single):
    assert status(client, single) == {"KeyId": arn(EAST, single), "KeyRotationEnabled": False}


def test_enabling_again_without_a_period_keeps_the_period_and_the_date(client, single):
    client(EAST).enable_key_rotation(KeyId=single, RotationPeriodInDays=2560)
    before = status(client, single)
    client(EAST).enable_key_rotation(KeyId=single)
    assert status(client, single) == before
    client(EAST).enable_key_rotation(KeyId=single, RotationPeriodInDays=2560)
    assert status(client, single) == before


def test_another_period_counts_from_now(client, single):
    client(EAST).enable_key_rotation(KeyId=single, RotationPeriodInDays=90)
    first = status(client, single)["NextRotationDate"]
    client(EAST).enable_key_rotation(KeyId=single, RotationPeriodInDays=180)

    assert (status(client, single)["NextRotationDate"] - first).days == 90


def test_once_disabled_the_period_is_forgotten(client, single):
    client(EAST).enable_key_rotation(KeyId=single, RotationPeriodInDays=90)
    client(EAST).disable_key_rotation(KeyId=single)
    assert status(client, single) == {"KeyId": arn(EAST, single), "KeyRotationEnabled": False}

    client(EAST).enable_key_rotation(KeyId=single)
    assert status(client, single)["RotationPeriodInDays"] == 365


def test_a_deletion_that_is_cancelled_leaves_rotation_as_it_was(client, single):
    client(EAST).enable_key_rotation(KeyId=single, RotationPeriodInDays=90)
    before = status(client, single)
    client(EAST).schedule_key_deletion(KeyId=single)
    assert status(client, single) == {"KeyId": arn(EAST, single), "KeyRotationEnabled": False}

    client(EAST).cancel_key_deletion(KeyId=single)
    assert status(client, single) == before


def test_a_period_is_2560_days_at_most(client, single):
    assert refusal(client(EAST).enable_key_rotation, KeyId=single, RotationPeriodInDays=2561) == (
        "ValidationException",
        (
            "1 validation error detected: Value '2561' at 'rotationPeriodInDays' failed to satisfy "
            "constraint: Member must have value less than or equal to 2560"
        ),
    )


def test_an_hmac_key_does_not_rotate_and_can_be_told_not_to(client):
    made = client(EAST).create_key(KeySpec="HMAC_256", KeyUsage="GENERATE_VERIFY_MAC")
    key = made["KeyMetadata"]["KeyId"]

    assert refusal(client(EAST).enable_key_rotation, KeyId=key) == ("UnsupportedOperationException", "")
    assert refusal(client(EAST).rotate_key_on_demand, KeyId=key) == ("UnsupportedOperationException", "")
    client(EAST).disable_key_rotation(KeyId=key)
    assert status(client, key)["KeyRotationEnabled"] is False


@pytest.mark.parametrize("operation", ["enable_key_rotation", "disable_key_rotation", "rotate_key_on_demand"])
@pytest.mark.parametrize(
    ("state", "code"), [("Disabled", "DisabledException"), ("PendingDeletion", "KMSInvalidStateException")]
)
def test_rotation_is_administered_on_enabled_keys_alone(kms, client, single, operation, state, code):
    client(EAST).enable_key_rotation(KeyId=single)
    kms.set_state(PAYMENTS, EAST, single, state)

    assert refusal(getattr(client(EAST), operation), KeyId=single)[0] == code
