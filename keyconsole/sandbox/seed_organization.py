"""Puts what surrounds KMS on the desk without a call: IAM roles and the organization, both moto's."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from moto.iam.models import iam_backends
from moto.organizations.models import OrganizationsBackend, organizations_backends


def seed_role(account_id: str, name: str, *, trust: Mapping[str, Any], description: str) -> None:
    iam_backends[account_id]["aws"].create_role(
        role_name=name,
        assume_role_policy_document=json.dumps(trust),
        path="/",
        permissions_boundary=None,
        description=description,
        tags=[],
        max_session_duration="3600",
    )


def seed_organization(names: Mapping[str, str], *, units: Mapping[str, str] | None = None) -> None:
    """`names` and `units` by account number; the first account is the management account."""
    (management, management_name), *members = names.items()
    organization = organizations_backends[management]["aws"]
    organization.create_organization("us-east-1", FeatureSet="ALL")
    organization.accounts[0].name = management_name
    for account_id, name in members:
        organization.create_account(AccountName=name, Email=f"aws-{name}@example.com")
        organization.accounts[-1].id = account_id
    made = {"": organization.ou[0].id}
    for account_id, path in (units or {}).items():
        unit = _unit(organization, path, made)
        organization.move_account(AccountId=account_id, SourceParentId=made[""], DestinationParentId=unit)


def _unit(organization: OrganizationsBackend, path: str, made: dict[str, str]) -> str:
    """The id of the unit at that path, such as prod/payments, made with those above it."""
    if path not in made:
        above, _, name = path.rpartition("/")
        parent = _unit(organization, above, made)
        answer = organization.create_organizational_unit(Name=name, ParentId=parent)
        made[path] = answer["OrganizationalUnit"]["Id"]
    return made[path]
