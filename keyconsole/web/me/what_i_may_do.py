"""What a person may do where, and which role from which source allows it; and who asks their groups."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import User

from keyconsole.aws_accounts.models import RoleGrant
from keyconsole.aws_accounts.roles import ALLOWS, Permission, Role
from keyconsole.people.models import Membership
from keyconsole.policies.governing.resolve import active_rules
from keyconsole.policies.versions.horizon import groups_of, horizon_of


@dataclass(frozen=True, slots=True)
class Source:
    """One role that allows it, and how it is held."""

    role: str
    sso_group: str
    given_by: str
    ends_at: datetime | None


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """One AWS account in which a role holds, or all of them; for each permission what allows it."""

    account_id: str
    name: str
    cells: tuple[tuple[str, tuple[Source, ...]], ...]
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class GroupRow:
    name: str
    sources: tuple[str, ...]
    policies: tuple[str, ...]


def places_of(person: User) -> list[PlaceRow]:
    """All accounts first. One query."""
    held: dict[tuple[str, str], list[Source]] = defaultdict(list)
    grants = RoleGrant.objects.in_force().filter(person=person).select_related("account")
    for each in grants.order_by("role", "sso_group"):
        place = (each.account.name, each.account.account_id) if each.account else ("", "")
        held[place].append(Source(each.role, each.sso_group, each.granted_by, each.ends_at))
    return [
        PlaceRow(number, name, tuple(_cells(sources)), tuple(sources))
        for (name, number), sources in sorted(held.items())
    ]


def groups_with_policies(person: User) -> list[GroupRow]:
    """With those policies that the person sees."""
    ways: dict[str, list[str]] = defaultdict(list)
    for each in Membership.objects.filter(person=person).select_related("group").order_by("group__name"):
        ways[str(each.group)].append(each.sso_group)
    if not ways:
        return []
    horizon = horizon_of(person)
    asking: dict[str, list[str]] = defaultdict(list)
    for version, rules in active_rules():
        for group in groups_of(rules) & set(ways):
            if horizon.holds_version(version):
                asking[group].append(rules.name)
    return [GroupRow(name, tuple(sources), tuple(sorted(asking[name]))) for name, sources in ways.items()]


def _cells(sources: list[Source]) -> list[tuple[str, tuple[Source, ...]]]:
    return [
        (
            permission.value,
            tuple(source for source in sources if permission in ALLOWS[Role(source.role)]),
        )
        for permission in Permission
    ]
