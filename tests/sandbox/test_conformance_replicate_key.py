"""ReplicateKey, in its own words (lower-case region!), as recorded 2025 and 2026-09-12."""

from __future__ import annotations

import json

import pytest

from keyconsole.sandbox.server import Sandbox
from tests.sandbox.conftest import PAYMENTS, arn, described, refusal

EAST, IRELAND, OREGON = "us-east-1", "eu-west-1", "us-west-2"


@pytest.fixture
def key(kms: Sandbox) -> str:
    return kms.seed_set(PAYMENTS, primary=EAST, replicas=(IRELAND,), tags={"owner": "payments"})


def test_a_new_replica_is_creating_first_and_then_enabled(kms, client, key):
    kms.settle_seconds(60)
    answer = client(EAST).replicate_key(KeyId=key, ReplicaRegion=OREGON)["ReplicaKeyMetadata"]

    assert (answer["KeyState"], answer["Enabled"], answer["Arn"]) == ("Creating", False, arn(OREGON, key))
    assert answer["MultiRegionConfiguration"]["MultiRegionKeyType"] == "REPLICA"
    kms.settle_seconds(0)
    assert described(client, OREGON, key)["KeyState"] == "Enabled"


def test_a_replica_gets_the_default_policy_and_no_labels_of_the_primary(client, key):
    """Documented and observed: drift from the primary is the norm."""
    client(EAST).replicate_key(KeyId=key, ReplicaRegion=OREGON)

    policy = json.loads(client(OREGON).get_key_policy(KeyId=key)["Policy"])
    assert policy["Id"] == "key-default-1"
    assert client(OREGON).list_resource_tags(KeyId=key)["Tags"] == []
    assert client(OREGON).list_aliases()["Aliases"] == []


def test_policy_tags_and_description_of_a_replica_can_be_given(client, key):
    client(EAST).replicate_key(
        KeyId=key,
        ReplicaRegion=OREGON,
        Policy='{"Version": "2012-10-17", "Statement": []}',
        Tags=[{"TagKey": "owner", "TagValue": "research"}],
        Description="second copy",
    )

    assert client(OREGON).get_key_policy(KeyId=key)["Policy"].endswith('"Statement": []}')
    assert client(OREGON).list_resource_tags(KeyId=key)["Tags"] == [
        {"TagKey": "owner", "TagValue": "research"}
    ]
    assert described(client, OREGON, key)["Description"] == "second copy"


def test_a_replica_cannot_be_replicated(client, key):
    assert refusal(client(IRELAND).replicate_key, KeyId=key, ReplicaRegion=OREGON) == (
        "UnsupportedOperationException",
        f"{arn(IRELAND, key)} is not a multi-region primary key.",
    )


def test_the_primary_has_no_replica_beside_it(client, key):
    assert refusal(client(EAST).replicate_key, KeyId=key, ReplicaRegion=EAST) == (
        "ValidationException",
        "us-east-1 cannot have a replica because it contains the primary.",
    )


def test_a_set_stays_in_its_partition(client, key):
    assert refusal(client(EAST).replicate_key, KeyId=key, ReplicaRegion="cn-north-1") == (
        "ValidationException",
        "The replica key Region must be in the same AWS partition as the primary key Region.",
    )


def test_a_region_that_does_not_exist_is_named_twice(client, key):
    code, message = refusal(client(EAST).replicate_key, KeyId=key, ReplicaRegion="us-invalid-1")

    assert code == "ValidationException"
    assert message == (
        "Region us-invalid-1 is not a valid Region or multi-Region keys are not supported in Region "
        "us-invalid-1."
    )


@pytest.mark.parametrize("deleted", [False, True])
def test_a_region_holds_one_member_of_a_set_even_pending_deletion(client, key, deleted):
    if deleted:
        client(IRELAND).schedule_key_deletion(KeyId=key)

    assert refusal(client(EAST).replicate_key, KeyId=key, ReplicaRegion=IRELAND) == (
        "AlreadyExistsException",
        "You can create only one replica of each primary key in each AWS Region.",
    )


def test_a_disabled_primary_cannot_be_replicated(kms, client, key):
    kms.set_state(PAYMENTS, EAST, key, "Disabled")

    assert refusal(client(EAST).replicate_key, KeyId=key, ReplicaRegion=OREGON)[0] == "DisabledException"


def test_a_primary_pending_import_cannot_be_replicated(client):
    key = client(EAST).create_key(MultiRegion=True, Origin="EXTERNAL")["KeyMetadata"]["KeyId"]

    assert refusal(client(EAST).replicate_key, KeyId=key, ReplicaRegion=OREGON) == (
        "KMSInvalidStateException",
        f"{arn(EAST, key)} is pending import.",
    )


def test_an_imported_key_starts_pending_import_in_each_new_region(kms, client):
    key = kms.seed_set(PAYMENTS, replicas=(), alias="imported", origin="EXTERNAL")

    client(EAST).replicate_key(KeyId=key, ReplicaRegion=OREGON)

    assert described(client, EAST, key)["KeyState"] == "Enabled"
    assert described(client, OREGON, key)["KeyState"] == "PendingImport"
