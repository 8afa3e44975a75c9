"""The IAM role that KeyConsole needs in an AWS account: three documents by hand, or one for a tool. Pure.

Owns the least that is needed: reading apart from moving. Creates nothing.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from keyconsole.web.accounts.role_templates import RoleFacts, cloudformation, terraform

VERSION = "2012-10-17"
GAP = "<the ARN that KeyConsole runs as>"
# In the management account, or in one to which it delegates them.
ORGANIZATION_CALLS = [
    "organizations:ListRoots",
    "organizations:ListOrganizationalUnitsForParent",
    "organizations:ListAccountsForParent",
]

Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class RoleToCreate:
    """Texts for one account. `name` is the role's name where one is configured, else a proposal."""

    name: str
    principal: str  # empty: not known yet, and the texts have a gap
    moves: bool
    trust: str
    reading: str
    moving: str
    cloudformation: str
    terraform: str

    @property
    def mark(self) -> str:
        """Changes when a text does: what was opened on a page stays open until then."""
        return sha256(f"{self.cloudformation}{self.trust}".encode()).hexdigest()[:8]


def role_to_create(
    *,
    account_id: str,
    partition: str,
    role_arn: str = "",
    external_id: str = "",
    reads_organization: bool = False,
    principal: str = "",
    moves: bool = True,
) -> RoleToCreate:
    """`moves`: whether the texts for tools give the right to move, beside the right to read."""
    path, _, name = (role_arn.partition(":role/")[2] or "KeyConsole").rpartition("/")
    role = f"arn:{partition}:iam::{account_id}:role/{path}{'/' if path else ''}{name}"
    trust = _document(_trust(principal=principal or GAP, external_id=external_id))
    reading = _reading(_keys(partition, account_id), reads_organization=reads_organization)
    moving = _moving(_keys(partition, account_id), role=role)
    policies = {"KeyConsoleReads": reading} | ({"KeyConsoleMoves": moving} if moves else {})
    facts = RoleFacts(name, f"/{path}/" if path else "/", trust, policies, principal)
    return RoleToCreate(
        name=name,
        principal=principal,
        moves=moves,
        trust=_text(trust),
        reading=_text(reading),
        moving=_text(moving),
        cloudformation=cloudformation(facts),
        terraform=terraform(facts),
    )


def _reading(keys: str, *, reads_organization: bool) -> Document:
    organization = [_allow("SeeTheOrganization", ORGANIZATION_CALLS, "*")] if reads_organization else []
    return _document(
        _allow("SeeWhichKeysThereAre", ["kms:ListKeys", "kms:ListAliases"], "*"),
        _allow("SeeWhichRegionsAreEnabled", ["ec2:DescribeRegions", "account:ListRegions"], "*"),
        _allow(
            "ReadMultiRegionKeys",
            ["kms:DescribeKey", "kms:GetKeyPolicy", "kms:GetKeyRotationStatus", "kms:ListResourceTags"],
            keys,
        ),
        *organization,
    )


def _moving(keys: str, *, role: str) -> Document:
    return _document(
        _allow("MovePrimaries", ["kms:UpdatePrimaryRegion"], keys),
        # Lets the test of the connection say whether the right to move is there, without a move.
        _allow("SeeItsOwnRights", ["iam:SimulatePrincipalPolicy"], role),
    )


def _keys(partition: str, account_id: str) -> str:
    # Every Region: UpdatePrimaryRegion is authorised at the primary and at the replica (API model).
    return f"arn:{partition}:kms:*:{account_id}:key/mrk-*"


def _trust(*, principal: str, external_id: str) -> Document:
    statement: Document = {
        "Sid": "KeyConsoleMayEnter",
        "Effect": "Allow",
        "Principal": {"AWS": principal},
        "Action": "sts:AssumeRole",
    }
    if external_id:
        statement["Condition"] = {"StringEquals": {"sts:ExternalId": external_id}}
    return statement


def _allow(sid: str, actions: list[str], resource: str) -> Document:
    return {"Sid": sid, "Effect": "Allow", "Action": actions, "Resource": resource}


def _document(*statements: Document) -> Document:
    return {"Version": VERSION, "Statement": list(statements)}


def _text(document: Document) -> str:
    return json.dumps(document, indent=2)
