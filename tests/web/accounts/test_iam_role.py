"""The IAM role to create: the least that is needed, for this account and this partition."""

from __future__ import annotations

import json
from typing import Any

import pytest

from keyconsole.web.accounts.iam_role import GAP, RoleToCreate, role_to_create


def role(**over: Any) -> RoleToCreate:
    return role_to_create(**{"account_id": "111122223333", "partition": "aws", **over})


def actions(document: str) -> set[str]:
    return {action for statement in json.loads(document)["Statement"] for action in statement["Action"]}


def test_moving_is_apart_from_reading() -> None:
    assert actions(role().moving) == {"kms:UpdatePrimaryRegion", "iam:SimulatePrincipalPolicy"}
    assert "kms:UpdatePrimaryRegion" not in actions(role().reading)


def test_reading_allows_exactly_the_calls_that_scans_make() -> None:
    assert actions(role().reading) == {
        "kms:ListKeys",
        "kms:ListAliases",
        "kms:DescribeKey",
        "kms:GetKeyPolicy",
        "kms:GetKeyRotationStatus",
        "kms:ListResourceTags",
        "ec2:DescribeRegions",
        "account:ListRegions",
    }


def test_only_an_account_that_reads_the_organisation_may_ask_about_it() -> None:
    assert actions(role(reads_organization=True).reading) - actions(role().reading) == {
        "organizations:ListRoots",
        "organizations:ListOrganizationalUnitsForParent",
        "organizations:ListAccountsForParent",
    }


@pytest.mark.parametrize("partition", ["aws", "aws-cn", "aws-us-gov"])
def test_every_arn_is_in_the_partition_and_account_and_covers_every_region(partition: str) -> None:
    found = role(partition=partition)
    moving, itself = json.loads(found.moving)["Statement"]
    assert itself["Resource"] == f"arn:{partition}:iam::111122223333:role/KeyConsole"
    assert moving["Resource"] == f"arn:{partition}:kms:*:111122223333:key/mrk-*"
    [trust] = json.loads(found.trust)["Statement"]
    assert trust["Principal"]["AWS"] == GAP


def test_the_trust_policy_asks_for_the_external_id_where_there_is_one() -> None:
    assert "Condition" not in json.loads(role().trust)["Statement"][0]
    [statement] = json.loads(role(external_id="kc-1").trust)["Statement"]
    assert statement["Condition"] == {"StringEquals": {"sts:ExternalId": "kc-1"}}


def test_the_name_is_that_of_the_role_which_is_configured() -> None:
    assert role().name == "KeyConsole"
    assert role(role_arn="arn:aws:iam::111122223333:role/security/Reader").name == "Reader"


def test_nothing_but_kms_and_the_list_of_regions_is_allowed_everywhere() -> None:
    for statement in json.loads(role().reading)["Statement"]:
        if statement["Resource"] == "*":
            assert all(
                action.split(":")[1].startswith(("List", "Describe")) for action in statement["Action"]
            )
