"""Who is in which group of approvers, where they may approve, and which policies ask it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from keyconsole.aws_accounts.roles import Permission
from keyconsole.people.models import Membership
from keyconsole.policies.document.rules import Rules
from keyconsole.policies.governing.resolve import active_rules
from keyconsole.policies.quorum.roster import Roster
from keyconsole.policies.versions.horizon import Horizon


@dataclass(frozen=True, slots=True)
class Member:
    username: str
    by_hand: bool  # not by a group of their single sign-on alone
    approves_in: tuple[str, ...]
    everywhere: bool


@dataclass(frozen=True, slots=True)
class GroupRow:
    name: str
    members: tuple[Member, ...]
    policies: tuple[str, ...]
    emergency: tuple[str, ...]  # policies whose emergency path it holds
    is_missing: bool = False  # a policy names it and it is not there


def group_rows(horizon: Horizon) -> list[GroupRow]:
    """Those that the person is in, or that a policy names which they see."""
    roster, accounts = Roster.read(), horizon.accounts
    asked, emergency = _named(rules for version, rules in active_rules() if horizon.holds_version(version))
    names = sorted({*horizon.groups(set(roster.groups)), *asked, *emergency})
    everywhere = roster.who_may(Permission.APPROVE, None)
    by_hand = set(Membership.objects.filter(sso_group="").values_list("group__name", "person__username"))
    able = {account.name: roster.who_may(Permission.APPROVE, account) for account in accounts}
    return [
        GroupRow(
            name,
            tuple(
                _member(person, everywhere, able, by_hand=(name, person) in by_hand)
                for person in sorted(roster.groups.get(name, ()))
            ),
            tuple(asked.get(name, ())),
            tuple(emergency.get(name, ())),
            is_missing=name not in roster.groups,
        )
        for name in names
    ]


def policies_of_group(group: str) -> list[str]:
    """The policies that hold and name it, for administrators of every account."""
    asked, emergency = _named(rules for _, rules in active_rules())
    return sorted({*asked.get(group, ()), *emergency.get(group, ())})


def _member(person: str, everywhere: set[str], able: dict[str, set[str]], *, by_hand: bool) -> Member:
    places = tuple(name for name, people in able.items() if person in people)
    return Member(person, by_hand, places, person in everywhere)


def _named(policies: Iterable[Rules]) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    asked: dict[str, list[str]] = defaultdict(list)
    emergency: dict[str, list[str]] = defaultdict(list)
    for rules in sorted(policies, key=lambda each: each.name):
        for need in rules.requirements:
            if need.group:
                asked[need.group].append(rules.name)
        if rules.emergency_group:
            emergency[rules.emergency_group].append(rules.name)
    return asked, emergency
