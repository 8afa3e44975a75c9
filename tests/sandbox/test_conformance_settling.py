"""What DescribeKey shows while a set moves, and what KMS refuses meanwhile."""

from __future__ import annotations

import pytest

from keyconsole.sandbox.server import Sandbox
from tests.sandbox.conftest import PAYMENTS, ClientMaker, arn, described, refusal

EAST, IRELAND, SYDNEY = "us-east-1", "eu-west-1", "ap-southeast-2"


@pytest.fixture
def key(kms: Sandbox, client: ClientMaker) -> str:
    """Moving from us-east-1 to eu-west-1 for as long as the test runs."""
    key_id = kms.seed_set(PAYMENTS, primary=EAST, replicas=(IRELAND, SYDNEY))
    kms.settle_seconds(60)
    client(EAST).update_primary_region(KeyId=key_id, PrimaryRegion=IRELAND)
    return key_id


def shown(client, region, key):
    metadata = described(client, region, key)
    configuration = metadata["MultiRegionConfiguration"]
    return (
        metadata["KeyState"],
        metadata["Enabled"],
        configuration["MultiRegionKeyType"],
        configuration["PrimaryKey"]["Region"],
    )


def test_both_keys_are_updating_with_roles_swapped_at_once(client, key):
    """Observed about a second after success, 2026-09-12: Enabled is false though nothing is disabled."""
    assert shown(client, EAST, key) == ("Updating", False, "REPLICA", IRELAND)
    assert shown(client, IRELAND, key) == ("Updating", False, "PRIMARY", IRELAND)


def test_a_third_replica_stays_enabled_and_names_the_new_primary(client, key):
    assert shown(client, SYDNEY, key) == ("Enabled", True, "REPLICA", IRELAND)


def test_the_other_picture_shows_two_replicas_and_no_primary(kms, client, key):
    """API model: DescribeKey might show both the old and the new primary as replicas until it is done."""
    kms.picture("two-replicas")

    assert [shown(client, region, key)[2] for region in (EAST, IRELAND, SYDNEY)] == ["REPLICA"] * 3
    assert shown(client, EAST, key)[0] == shown(client, IRELAND, key)[0] == "Updating"


def test_with_two_replicas_the_new_primary_is_not_yet_one(kms, client, key):
    """Seen in practice: a second move right after the first meets this sentence for a while."""
    kms.picture("two-replicas")

    assert refusal(client(IRELAND).update_primary_region, KeyId=key, PrimaryRegion=EAST) == (
        "KMSInvalidStateException",
        f"{arn(IRELAND, key)} is not a multi-Region primary key.",
    )


def test_settled_keys_are_enabled_in_their_new_roles(kms, client, key):
    kms.settle_seconds(0)

    assert shown(client, EAST, key) == ("Enabled", True, "REPLICA", IRELAND)
    assert shown(client, IRELAND, key) == ("Enabled", True, "PRIMARY", IRELAND)


def test_a_move_leaves_everything_else_as_it_was(kms, client):
    """Observed 2026-09-12: ARNs, policies, aliases, tags, descriptions, creation dates, rotation."""
    key = kms.seed_set(PAYMENTS, tags={"owner": "payments"}, description="card numbers")
    client(EAST).enable_key_rotation(KeyId=key, RotationPeriodInDays=90)

    def everything(region):
        kms_there = client(region)
        return (
            {name: described(client, region, key)[name] for name in ("Arn", "CreationDate", "Description")},
            kms_there.get_key_policy(KeyId=key)["Policy"],
            kms_there.list_resource_tags(KeyId=key)["Tags"],
            kms_there.list_aliases(KeyId=key)["Aliases"],
            kms_there.get_key_rotation_status(KeyId=key)["NextRotationDate"],
        )

    before = [everything(region) for region in (EAST, IRELAND)]
    client(EAST).update_primary_region(KeyId=key, PrimaryRegion=IRELAND)

    assert [everything(region) for region in (EAST, IRELAND)] == before


@pytest.mark.parametrize("region", [EAST, IRELAND])
@pytest.mark.parametrize(
    ("operation", "parameters"),
    [("enable_key", {}), ("disable_key", {}), ("schedule_key_deletion", {"PendingWindowInDays": 7})],
)
def test_an_updating_key_refuses_changes_of_state(client, key, region, operation, parameters):
    """Key-state table of the developer guide (2023)."""
    assert refusal(getattr(client(region), operation), KeyId=key, **parameters) == (
        "KMSInvalidStateException",
        f"{arn(region, key)} is updating.",
    )


def test_an_updating_primary_cannot_be_replicated(client, key):
    """Key-state table of the developer guide (2023)."""
    assert refusal(client(IRELAND).replicate_key, KeyId=key, ReplicaRegion="ca-central-1") == (
        "KMSInvalidStateException",
        f"{arn(IRELAND, key)} is updating.",
    )


def test_a_second_move_is_refused_while_the_first_is_under_way(client, key):
    """The guide's table would allow it and nobody has recorded it: the sandbox takes the careful side."""
    assert refusal(client(IRELAND).update_primary_region, KeyId=key, PrimaryRegion=SYDNEY) == (
        "KMSInvalidStateException",
        f"{arn(IRELAND, key)} is updating.",
    )


def test_an_updating_key_still_encrypts_decrypts_and_takes_labels(client, key):
    """Key-state table of the developer guide (2023)."""
    sealed = client(EAST).encrypt(KeyId=key, Plaintext=b"4000 0000 0000 0002")["CiphertextBlob"]

    assert client(IRELAND).decrypt(CiphertextBlob=sealed)["Plaintext"] == b"4000 0000 0000 0002"
    client(EAST).tag_resource(KeyId=key, Tags=[{"TagKey": "owner", "TagValue": "payments"}])
    client(EAST).create_alias(AliasName="alias/second", TargetKeyId=key)
    client(EAST).update_key_description(KeyId=key, Description="moving")
    assert described(client, EAST, key)["Description"] == "moving"


def test_an_updating_key_is_not_pending_deletion(client, key):
    assert refusal(client(EAST).cancel_key_deletion, KeyId=key) == (
        "KMSInvalidStateException",
        f"{arn(EAST, key)} is not pending deletion.",
    )
