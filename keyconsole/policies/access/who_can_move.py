"""Who could move the keys of a policy in an account today, alone or with whom. Reads people once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from keyconsole.aws_accounts.models import AwsAccount
from keyconsole.aws_accounts.roles import Permission
from keyconsole.policies.document.rules import Rules
from keyconsole.policies.governing.governed_keys import Governed
from keyconsole.policies.quorum.requirements import at_best
from keyconsole.policies.quorum.roster import Members, Roster


@dataclass(frozen=True, slots=True)
class Place:
    """One requirement, and everybody who could fill a place of it."""

    words: str
    people: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Movers:
    """`alone`: needs nobody. `asking`: others can fill every place. `stuck`: asks in vain.

    `emergency`: may ask and is in the group of the emergency path: alone, with a review owed afterwards.
    """

    governed: Governed
    alone: tuple[str, ...]
    asking: tuple[str, ...]
    stuck: tuple[str, ...]
    places: tuple[Place, ...]
    emergency: tuple[str, ...]

    @property
    def account(self) -> AwsAccount:
        return self.governed.account

    @property
    def frozen(self) -> str:
        return self.governed.rules.frozen


def who_can_move(groups: Iterable[Governed]) -> list[Movers]:
    roster = Roster.read()
    return [_movers(governed, roster) for governed in groups]


def _movers(governed: Governed, roster: Roster) -> Movers:
    rules, account = governed.rules, governed.account
    requesters = sorted(roster.who_may(Permission.REQUEST, account))
    members = roster.members(rules.needs, account)
    in_vain = {person for person in requesters if rules.needs and not _could_be_met(rules, members, person)}
    return Movers(
        governed=governed,
        alone=() if rules.needs else tuple(requesters),
        asking=tuple(person for person in requesters if person not in in_vain) if rules.needs else (),
        stuck=tuple(person for person in requesters if person in in_vain),
        places=tuple(Place(need.words, tuple(sorted(members[need.group]))) for need in rules.needs),
        emergency=tuple(_emergency(rules, requesters, roster)),
    )


def _could_be_met(rules: Rules, members: Members, requester: str) -> bool:
    """Who asks never counts."""
    places = sum(need.at_least for need in rules.needs)
    groups = [members[need.group] for need in rules.needs]
    if all(len(group) - (requester in group) >= places for group in groups):
        return True  # whoever sits where: each place finds somebody
    return at_best(rules.needs, members=members, without={requester}).met


def _emergency(rules: Rules, requesters: list[str], roster: Roster) -> list[str]:
    group = roster.groups.get(rules.emergency_group, set()) if rules.emergency_group else set()
    return [person for person in requesters if person in group]
