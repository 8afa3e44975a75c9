"""The role for CloudFormation and for Terraform: each tool reads it, and finds what the documents say."""

from __future__ import annotations

import json
from typing import Any

import hcl2
import pytest
from cfnlint.api import lint_all  # type: ignore[import-untyped]

from keyconsole.web.accounts.iam_role import GAP, RoleToCreate, role_to_create

PRINCIPAL = "arn:aws:iam::999988887777:role/keyconsole-server"


def role(**over: Any) -> RoleToCreate:
    given = {"account_id": "111122223333", "partition": "aws", "external_id": "keyconsole-1", **over}
    return role_to_create(**given)


def stack(**over: Any) -> Any:
    return json.loads(role(**over).cloudformation)


def properties(**over: Any) -> Any:
    return stack(**over)["Resources"]["KeyConsoleRole"]["Properties"]


@pytest.mark.parametrize("principal", ["", PRINCIPAL])
def test_the_template_of_cloudformation_is_without_fault(principal: str) -> None:
    text = role(principal=principal, role_arn="arn:aws:iam::111122223333:role/security/Reader").cloudformation
    # Informational rules (I…) are about taste.
    assert [each for each in lint_all(text) if not each.rule.id.startswith("I")] == []


def test_the_stack_holds_the_very_documents_that_stand_beside_it() -> None:
    found, by_hand = properties(principal=PRINCIPAL), role(principal=PRINCIPAL)
    assert found["AssumeRolePolicyDocument"] == json.loads(by_hand.trust)
    assert [each["PolicyDocument"] for each in found["Policies"]] == [
        json.loads(by_hand.reading),
        json.loads(by_hand.moving),
    ]


def test_where_nobody_knows_whom_to_trust_both_ask_for_it() -> None:
    assert stack()["Parameters"]["KeyConsolePrincipal"]["Type"] == "String"
    [statement] = properties()["AssumeRolePolicyDocument"]["Statement"]
    assert statement["Principal"] == {"AWS": {"Ref": "KeyConsolePrincipal"}}
    assert "Parameters" not in stack(principal=PRINCIPAL)
    assert "var.keyconsole_principal" in role().terraform
    assert "keyconsole_principal" not in role(principal=PRINCIPAL).terraform
    for text in (role().terraform, role().cloudformation):
        assert GAP not in text


@pytest.mark.parametrize("moves", [True, False])
def test_reading_alone_gives_no_right_to_move(moves: bool) -> None:
    found = role(principal=PRINCIPAL, moves=moves)
    for text in (found.cloudformation, found.terraform):
        assert ("kms:UpdatePrimaryRegion" in text) == moves
        assert "kms:DescribeKey" in text


@pytest.mark.parametrize("principal", ["", PRINCIPAL])
def test_terraform_reads_it(principal: str) -> None:
    found = hcl2.loads(role(principal=principal).terraform)
    names = [
        json.loads(kind) for resource in found["resource"] for kind in resource if kind != "__is_block__"
    ]
    assert names == ["aws_iam_role", "aws_iam_role_policy", "aws_iam_role_policy"]
    [text] = [
        each['"aws_iam_role"']['"keyconsole"'] for each in found["resource"] if '"aws_iam_role"' in each
    ]
    assert '"sts:ExternalId" = "keyconsole-1"' in text["assume_role_policy"]
    assert (principal or "var.keyconsole_principal") in text["assume_role_policy"]


def test_a_path_is_told_apart_from_the_name() -> None:
    found = properties(role_arn="arn:aws:iam::111122223333:role/security/audit/Reader")
    assert (found["Path"], found["RoleName"]) == ("/security/audit/", "Reader")
    assert properties()["Path"] == "/"
