"""The IAM role that KeyConsole needs in an AWS account, as three documents to copy. Pure.

Owns the least that is needed: reading apart from moving. Creates nothing.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

VERSION = "2012-10-17"
# In the management account, or in one to which it delegates them.
ORGANIZATION_CALLS = [
    "organizations:ListRoots",
    "organizations:ListOrganizationalUnitsForParent",
    "organizations:ListAccountsForParent",
]


@dataclass(frozen=True, slots=True)
class RoleToCreate:
    """Documents for one account. `name` is the role's name where one is configured, else a proposal."""

    name: str
    trust: str
    reading: str
    moving: str


def role_to_create(
    *,
    account_id: str,
    partition: str,
    role_arn: str = "",
    external_id: str = "",
    reads_organization: bool = False,
) -> RoleToCreate:
    organization = [_allow("SeeTheOrganization", ORGANIZATION_CALLS, "*")] if reads_organization else []
    return RoleToCreate(
        name=role_arn.rpartition("/")[2] or "KeyConsole",
        trust=_document(_trust(partition=partition, external_id=external_id)),
        reading=_document(
            _allow("SeeWhichKeysThereAre", ["kms:ListKeys", "kms:ListAliases"], "*"),
            _allow("SeeWhichRegionsAreEnabled", ["ec2:DescribeRegions", "account:ListRegions"], "*"),
            _allow(
                "ReadMultiRegionKeys",
                ["kms:DescribeKey", "kms:GetKeyPolicy", "kms:GetKeyRotationStatus", "kms:ListResourceTags"],
                _keys(partition, account_id),
            ),
            *organization,
        ),
        moving=_document(
            _allow("MovePrimaries", ["kms:UpdatePrimaryRegion"], _keys(partition, account_id)),
        ),
    )


def _keys(partition: str, account_id: str) -> str:
    # Every Region: UpdatePrimaryRegion is authorised at the primary and at the replica (API model).
    return f"arn:{partition}:kms:*:{account_id}:key/mrk-*"


def _trust(*, partition: str, external_id: str) -> dict[str, Any]:
    statement: dict[str, Any] = {
        "Sid": "KeyConsoleMayEnter",
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:{partition}:iam::<account of KeyConsole>:role/<role of KeyConsole>"},
        "Action": "sts:AssumeRole",
    }
    if external_id:
        statement["Condition"] = {"StringEquals": {"sts:ExternalId": external_id}}
    return statement


def _allow(sid: str, actions: list[str], resource: str) -> dict[str, Any]:
    return {"Sid": sid, "Effect": "Allow", "Action": actions, "Resource": resource}


def _document(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": VERSION, "Statement": list(statements)}, indent=2)
