"""Everybody's roles and groups as they are now, read once in two queries for many questions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from django.contrib.auth.models import Group

from keyconsole.aws_accounts.models import AwsAccount, RoleGrant
from keyconsole.aws_accounts.roles import Permission, Role, roles_that_allow
from keyconsole.people.able_to_prove import could_prove_second_factor
from keyconsole.policies.quorum.requirements import APPROVERS, Requirement

Members = dict[str, set[str]]
EVERYWHERE = 0


@dataclass(frozen=True, slots=True)
class Roster:
    """Active people only, by username."""

    grants: dict[tuple[Role, int], set[str]]  # by role and account; EVERYWHERE for all accounts
    groups: dict[str, set[str]]  # also those in which nobody is
    second_factors: frozenset[str] = frozenset()  # of those with a role: who could prove one

    @classmethod
    def read(cls) -> Self:
        grants: dict[tuple[Role, int], set[str]] = defaultdict(set)
        held = RoleGrant.objects.in_force().filter(person__is_active=True)
        factors = set()
        facts = ("person__username", "role", "account__pk", could_prove_second_factor("person"))
        for username, role, account, has_factor in held.values_list(*facts):
            grants[Role(role), account or EVERYWHERE].add(username)
            factors |= {username} if has_factor else set()
        groups: dict[str, set[str]] = defaultdict(set)
        listed = Group.objects.values_list(
            "name", "memberships__person__username", "memberships__person__is_active"
        )
        for name, username, is_active in listed:
            groups[name] |= {username} if is_active else set()
        return cls(dict(grants), dict(groups), frozenset(factors))

    def who_may(self, permission: Permission, account: AwsAccount | None) -> set[str]:
        """In the account, or in every account where none is named."""
        places = {EVERYWHERE, account.pk} if account else {EVERYWHERE}
        return {
            person
            for role in roles_that_allow(permission)
            for place in places
            for person in self.grants.get((role, place), ())
        }

    def members(self, requirements: Iterable[Requirement], account: AwsAccount | None) -> Members:
        """By group: who is in it and may approve in the account, or in all of them where none is named."""
        able = self.who_may(Permission.APPROVE, account)
        return {
            need.group: able if need.group == APPROVERS else able & self.groups.get(need.group, set())
            for need in requirements
        }
