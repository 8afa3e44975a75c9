"""ListKeys, DescribeKey, ListAliases and the reads of one key, with their limits and refusals."""

from __future__ import annotations

import re

import pytest

from tests.sandbox.conftest import PAYMENTS, RESEARCH, arn, described, refusal

EAST, IRELAND, SYDNEY = "us-east-1", "eu-west-1", "ap-southeast-2"


def test_a_multi_region_id_is_mrk_and_32_hex_digits(client):
    """Observed in every recording; the emulator underneath writes dashes."""
    key = client(EAST).create_key(MultiRegion=True)["KeyMetadata"]["KeyId"]

    assert re.fullmatch(r"mrk-[0-9a-f]{32}", key)


def test_replica_keys_are_alphabetical_and_hold_every_member_but_the_primary(kms, client):
    """API reference of DescribeKey; alphabetical in every capture."""
    key = kms.seed_set(PAYMENTS, primary=IRELAND, replicas=(EAST, "ca-central-1", SYDNEY))

    for region in (EAST, IRELAND):
        configuration = described(client, region, key)["MultiRegionConfiguration"]
        assert configuration["PrimaryKey"] == {"Arn": arn(IRELAND, key), "Region": IRELAND}
        assert configuration["ReplicaKeys"] == [
            {"Arn": arn(replica, key), "Region": replica} for replica in (SYDNEY, "ca-central-1", EAST)
        ]


def test_a_primary_without_replicas_lists_none(kms, client):
    key = kms.seed_set(PAYMENTS, replicas=())

    assert described(client, EAST, key)["MultiRegionConfiguration"]["ReplicaKeys"] == []


def test_describing_a_replica_leaves_the_primary_a_primary(kms, client):
    """The emulator underneath shares one dictionary between them."""
    key = kms.seed_set(PAYMENTS)
    types = [
        described(client, region, key)["MultiRegionConfiguration"]["MultiRegionKeyType"]
        for region in (EAST, IRELAND, EAST)
    ]

    assert types == ["PRIMARY", "REPLICA", "PRIMARY"]


def test_a_single_region_key_has_no_configuration(kms, client):
    metadata = described(client, EAST, kms.seed_key(PAYMENTS))

    assert metadata["MultiRegion"] is False
    assert "MultiRegionConfiguration" not in metadata


def test_the_arn_of_another_region_is_not_found(kms, client):
    """Observed 2025: NotFoundException that names the Region of the ARN."""
    key = kms.seed_set(PAYMENTS)

    assert refusal(client(EAST).describe_key, KeyId=arn(IRELAND, key)) == (
        "NotFoundException",
        "Invalid arn eu-west-1",
    )


def test_an_unknown_key_is_named_with_the_region_that_was_asked(client):
    """Observed 2025."""
    unknown = "mrk-" + "0" * 32

    assert refusal(client(EAST).describe_key, KeyId=unknown) == (
        "NotFoundException",
        f"Key '{arn(EAST, unknown)}' does not exist",
    )


def test_a_malformed_id_is_not_found_too(client):
    """Observed 2025."""
    assert refusal(client(EAST).describe_key, KeyId="mrk-fake-key-id") == (
        "NotFoundException",
        "Invalid keyId 'mrk-fake-key-id'",
    )


def test_the_bare_id_finds_the_sibling_in_any_region(kms, client):
    key = kms.seed_set(PAYMENTS)

    assert client(IRELAND).describe_key(KeyId=key)["KeyMetadata"]["Arn"] == arn(IRELAND, key)


def test_describe_key_takes_an_alias(kms, client):
    key = kms.seed_set(PAYMENTS, alias="card-vault")

    assert client(EAST).describe_key(KeyId="alias/card-vault")["KeyMetadata"]["KeyId"] == key
    assert refusal(client(EAST).describe_key, KeyId="alias/none") == (
        "NotFoundException",
        f"Alias arn:aws:kms:us-east-1:{PAYMENTS}:alias/none is not found.",
    )


@pytest.mark.parametrize(
    "operation", ["get_key_policy", "get_key_rotation_status", "list_resource_tags", "list_aliases"]
)
def test_other_reads_take_no_alias(kms, client, operation):
    """API reference: these take a key id or a key ARN."""
    kms.seed_set(PAYMENTS, alias="card-vault")

    assert refusal(getattr(client(EAST), operation), KeyId="alias/card-vault")[0] == "InvalidArnException"


def test_list_keys_gives_100_a_page_unless_asked_for_up_to_1000(kms, client):
    """API model."""
    keys = {kms.seed_key(PAYMENTS) for _ in range(130)}
    first = client(EAST).list_keys()
    second = client(EAST).list_keys(Marker=first["NextMarker"])

    assert (len(first["Keys"]), first["Truncated"]) == (100, True)
    assert (len(second["Keys"]), second["Truncated"]) == (30, False)
    assert {key["KeyId"] for key in first["Keys"] + second["Keys"]} == keys
    assert len(client(EAST).list_keys(Limit=1000)["Keys"]) == 130
    assert refusal(client(EAST).list_keys, Limit=1001)[0] == "ValidationException"
    assert refusal(client(EAST).list_keys, Marker="?")[0] == "InvalidMarkerException"


def test_list_aliases_gives_50_a_page_unless_asked_for_up_to_100(kms, client):
    """API model."""
    for number in range(70):
        kms.seed_key(PAYMENTS, alias=f"logs-{number:03}")
    pages = client(EAST).get_paginator("list_aliases").paginate()

    assert [len(page["Aliases"]) for page in pages] == [50, 20]
    assert len(client(EAST).list_aliases(Limit=100)["Aliases"]) == 70
    assert refusal(client(EAST).list_aliases, Limit=101)[0] == "ValidationException"


def test_accounts_see_only_their_own_keys(kms, client):
    key = kms.seed_set(PAYMENTS)
    research = client(EAST, account=RESEARCH)

    assert research.list_keys()["Keys"] == []
    assert refusal(research.describe_key, KeyId=arn(EAST, key))[0] == "AccessDeniedException"


def test_an_explicit_deny_in_the_key_policy_stops_a_read(kms, client):
    key = kms.seed_set(PAYMENTS)
    deny = '{"Statement": {"Effect": "Deny", "Principal": "*", "Action": "kms:Describe*", "Resource": "*"}}'
    kms.set_policy(PAYMENTS, EAST, key, deny)

    assert refusal(client(EAST).describe_key, KeyId=key)[0] == "AccessDeniedException"
    assert client(EAST).get_key_policy(KeyId=key)["Policy"] == deny
    assert described(client, IRELAND, key)["KeyState"] == "Enabled"
