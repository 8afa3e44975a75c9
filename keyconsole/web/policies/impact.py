"""Which known keys another document would put under other rules, what differs for them, and who has to agree.

Keys and agreements outside of the person's accounts are neither named nor counted.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from django.contrib.auth.models import User

from keyconsole.aws_accounts.permissions import accounts_where
from keyconsole.aws_accounts.roles import Permission
from keyconsole.inventory.models import MultiRegionKey
from keyconsole.policies.document.rules import Rules
from keyconsole.policies.quorum.membership import missing_words
from keyconsole.policies.quorum.roster import Roster
from keyconsole.policies.versions.agreement import Agreement, agreements_needed
from keyconsole.policies.versions.effects import Effect, effects_of
from keyconsole.text import listed

KEYS_SHOWN = 40


@dataclass(frozen=True, slots=True)
class OfAccount:
    """Those keys of a group that are in one account."""

    account: str
    keys: tuple[MultiRegionKey, ...]

    @property
    def shown(self) -> tuple[MultiRegionKey, ...]:
        return self.keys[:KEYS_SHOWN]

    @property
    def more(self) -> int:
        return len(self.keys) - len(self.shown)


@dataclass(frozen=True, slots=True)
class Shifted:
    """A group of keys, as far as the person sees them: what differs, and which they are."""

    effect: Effect
    keys: tuple[MultiRegionKey, ...]
    accounts: tuple[OfAccount, ...]

    @property
    def hidden(self) -> int:
        return len(self.effect.keys) - len(self.keys)


@dataclass(frozen=True, slots=True)
class Asked:
    """Who has to agree in one account; in every one where `account` is empty."""

    account: str
    needs: str
    people: tuple[str, ...]
    missing: str  # why it cannot be met without the person who proposes


@dataclass(frozen=True, slots=True)
class Impact:
    shifted: tuple[Shifted, ...]

    @property
    def total(self) -> int:
        return sum(len(each.keys) for each in self.shifted)

    @property
    def weaker(self) -> int:
        """How many rules would ask for less, of how many groups."""
        return sum(each.effect.weaker for each in self.shifted)


def impact_of(name: str, rules: Rules | None, *, person: User) -> Impact:
    """Of replacing the policy of that name by these rules, or of retiring it where there are none."""
    visible, effects = _visible(person), effects_of(name, rules)
    shown = [_shifted(effect, visible) for effect in effects]
    return Impact(tuple(each for each in shown if each.keys))


def _shifted(effect: Effect, visible: set[int]) -> Shifted:
    keys = tuple(key for key in effect.keys if key.account.pk in visible)
    return Shifted(effect, keys, tuple(_by_account(keys)))


def _by_account(keys: tuple[MultiRegionKey, ...]) -> Iterator[OfAccount]:
    for account, found in groupby(keys, key=lambda key: key.account.name):
        yield OfAccount(account, tuple(found))


def asked_for(name: str, rules: Rules | None, *, proposer: User) -> list[Asked]:
    """Who would have to agree if this person proposed it now."""
    visible, roster = _visible(proposer), Roster.read()
    return [
        _asked(each, proposer, roster)
        for each in agreements_needed(name, rules)
        if each.account is None or each.account.pk in visible
    ]


def _visible(person: User) -> set[int]:
    return set(accounts_where(person, Permission.VIEW).values_list("pk", flat=True))


def _asked(agreement: Agreement, proposer: User, roster: Roster) -> Asked:
    best = agreement.at_best(roster, without={proposer.username})
    return Asked(
        account=agreement.account.name if agreement.account else "",
        needs=listed([need.words for need in agreement.requirements], "and"),
        people=tuple(sorted(agreement.voters(roster) - {proposer.username})),
        missing="" if best.met else missing_words(best),
    )
