"""Which known keys another document would put under other rules, and who has to agree to it.

Keys outside the person's accounts are counted, never named.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from django.contrib.auth.models import User

from keyconsole.aws_accounts.permissions import accounts_where
from keyconsole.aws_accounts.roles import Permission
from keyconsole.inventory.models import MultiRegionKey, RegionKey
from keyconsole.policies.document.rules import Rules
from keyconsole.policies.governing.match import Subject, could_fit, governing
from keyconsole.policies.governing.resolve import active_rules, subject_of, with_primaries
from keyconsole.policies.models import Policy
from keyconsole.policies.quorum.membership import missing_words
from keyconsole.policies.quorum.roster import Roster
from keyconsole.policies.versions.agreement import Agreement, agreements_needed
from keyconsole.web.policies.words import listed

Candidates = list[tuple[str, Rules]]
KEYS_SHOWN = 40


class Shift(NamedTuple):
    """From which policies to which, by name; an empty name is the default."""

    account: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    in_doubt: bool  # a policy names tags, and the keys' tags were never read


@dataclass(frozen=True, slots=True)
class Shifted:
    """The keys of one account that shift alike."""

    shift: Shift
    keys: tuple[MultiRegionKey, ...]

    @property
    def shown(self) -> tuple[MultiRegionKey, ...]:
        return self.keys[:KEYS_SHOWN]

    @property
    def more(self) -> int:
        return len(self.keys) - len(self.shown)


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
    hidden: int

    @property
    def total(self) -> int:
        return self.hidden + sum(len(each.keys) for each in self.shifted)


def impact_of(name: str, rules: Rules | None, *, person: User) -> Impact:
    """Of replacing the policy of that name by these rules, or of retiring it where there are none."""
    visible, hidden = _visible(person), 0
    by_shift: dict[Shift, list[MultiRegionKey]] = defaultdict(list)
    for key, shift in _shifts(name, rules):
        if key.account.pk in visible:
            by_shift[shift].append(key)
        else:
            hidden += 1
    shifted = (
        Shifted(shift, tuple(sorted(keys, key=lambda key: key.name)))
        for shift, keys in sorted(by_shift.items())
    )
    return Impact(tuple(shifted), hidden)


def asked_for(name: str, rules: Rules | None, *, proposer: User) -> list[Asked]:
    """Who would have to agree if this person proposed it now."""
    visible, roster = _visible(proposer), Roster.read()
    return [_asked(each, proposer, visible, roster) for each in agreements_needed(name, rules)]


def _visible(person: User) -> set[int]:
    return set(accounts_where(person, Permission.VIEW).values_list("pk", flat=True))


def _shifts(name: str, rules: Rules | None) -> Iterator[tuple[MultiRegionKey, Shift]]:
    before = [(version.policy.name, each) for version, each in active_rules()]
    after = _replaced(before, name, rules)
    changing = [each.applies_to for each in (dict(before).get(name), rules) if each]
    # Where no policy names a Region to move to, one move of a key stands for all.
    which = None if any(each.applies_to.to_regions for _, each in (*before, *after)) else 1
    regions: dict[int, set[str]] = defaultdict(set)
    for key, region in RegionKey.objects.order_by().values_list("key__pk", "region"):
        regions[key].add(region)
    for found, primary in with_primaries(MultiRegionKey.objects.select_related("account")):
        targets = sorted(regions[found.pk] - {found.primary_region})[:which]
        subjects = [subject_of(found, primary, to_region=region) for region in targets]
        touched = [each for each in subjects if any(could_fit(selector, each) for selector in changing)]
        if shift := _compared(found.account.name, touched, before, after):
            yield found, shift


def _compared(
    account: str, subjects: Sequence[Subject], before: Candidates, after: Candidates
) -> Shift | None:
    pairs = [(governing(before, subject), governing(after, subject)) for subject in subjects]
    changing = [(old, new) for old, new in pairs if old.rules != new.rules or old.doubt != new.doubt]
    if not changing:
        return None
    return Shift(
        account,
        tuple(sorted({old.version or "" for old, _ in changing})),
        tuple(sorted({new.version or "" for _, new in changing})),
        in_doubt=any(old.doubt or new.doubt for old, new in changing),
    )


def _replaced(before: Candidates, name: str, rules: Rules | None) -> Candidates:
    """In the order of age, which decides between policies that are alike: a new one is the youngest."""
    ages = dict(Policy.objects.values_list("name", "pk"))
    others = [pair for pair in before if pair[0] != name]
    added = [(name, rules)] if rules else []
    return sorted(others + added, key=lambda pair: (pair[0] not in ages, ages.get(pair[0], 0)))


def _asked(agreement: Agreement, proposer: User, visible: set[int], roster: Roster) -> Asked:
    best = agreement.at_best(roster, without={proposer.username})
    account = agreement.account
    name = account.name if account else ""
    return Asked(
        account="another account" if account and account.pk not in visible else name,
        needs=listed([need.words for need in agreement.requirements], "and"),
        people=tuple(sorted(agreement.voters(roster) - {proposer.username})),
        missing="" if best.met else missing_words(best),
    )
