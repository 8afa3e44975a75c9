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
