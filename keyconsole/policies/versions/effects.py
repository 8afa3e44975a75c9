"""What another document would change for the keys that there are: by groups of them, rule by rule.

A group are the keys that one policy governs now and that one, the same or another, would govern then.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from keyconsole.inventory.models import MultiRegionKey, RegionKey
from keyconsole.policies.document.compare import Comparison, compare
from keyconsole.policies.document.rules import Rules
from keyconsole.policies.governing.match import Subject, could_fit, governing
from keyconsole.policies.governing.resolve import active_rules, subject_of, with_primaries
from keyconsole.policies.models import Policy

Candidates = list[tuple[str, Rules]]


class Passage(NamedTuple):
    """From which policy to which, by name; an empty name is the default."""

    before: str
    after: str
    in_doubt: bool  # a policy names tags, and the keys' tags were never read


@dataclass(frozen=True, slots=True)
class Effect:
    """One group of keys: which policy governs them now and then, and what differs for them."""

    passage: Passage
    comparisons: tuple[Comparison, ...]
    keys: tuple[MultiRegionKey, ...]

    @property
    def weaker(self) -> int:
        return sum(each.is_weaker for each in self.comparisons)

    def as_json(self) -> dict[str, Any]:
        """For the record: how many keys, none by name."""
        return {
            "before": self.passage.before or "the default",
            "after": self.passage.after or "the default",
            "tags_never_read": self.passage.in_doubt,
            "keys": len(self.keys),
            "rules": [each.as_json() for each in self.comparisons],
        }

    @property
    def lines(self) -> Iterator[str]:
        """For a message or a terminal: how many keys, none by name."""
        count = len(self.keys)
        before, after = self.passage.before or "the default", self.passage.after or "the default"
        then = f"{after} as proposed" if before == after else after
        doubt = " (their tags were never read)" if self.passage.in_doubt else ""
        known = f"{count} known key{'' if count == 1 else 's'}{doubt}"
        yield f"{known}, governed now by {before}, then by {then}:"
        for each in self.comparisons:
            yield f"  {each.words}"
        if not self.comparisons:
            yield "  what a move needs stays the same"


def effects_of(name: str, rules: Rules | None) -> tuple[Effect, ...]:
    """Of replacing the policy of that name by these rules, or of retiring it where there are none."""
    before = [(version.policy.name, each) for version, each in active_rules()]
    after = _replaced(before, name, rules)
    keys: dict[Passage, dict[int, MultiRegionKey]] = defaultdict(dict)
    rules_of: dict[Passage, tuple[Rules, Rules]] = {}
    for key, passage, pair in _passages(before, after, name, rules):
        keys[passage][key.pk] = key
        rules_of[passage] = pair
    return tuple(
        Effect(
            passage,
            compare(*rules_of[passage]),
            tuple(sorted(found.values(), key=lambda key: (key.account.name, key.name))),
        )
        for passage, found in sorted(keys.items())
    )


def effect_lines(effects: Sequence[Effect]) -> str:
    """What it changes, for a message or a terminal."""
    told = [line for effect in effects for line in effect.lines]
    return "\n".join(told) or "No known key comes under other rules."


def _passages(
    before: Candidates, after: Candidates, name: str, rules: Rules | None
) -> Iterator[tuple[MultiRegionKey, Passage, tuple[Rules, Rules]]]:
    changing = [each.applies_to for each in (dict(before).get(name), rules) if each]
    # Where no policy names a Region to move to, one move of a key stands for all.
    which = None if any(each.applies_to.to_regions for _, each in (*before, *after)) else 1
    regions: dict[int, set[str]] = defaultdict(set)
    for key, region in RegionKey.objects.order_by().values_list("key__pk", "region"):
        regions[key].add(region)
    for found, primary in with_primaries(MultiRegionKey.objects.select_related("account")):
        for region in sorted(regions[found.pk] - {found.primary_region})[:which]:
            subject = subject_of(found, primary, to_region=region)
            if not any(could_fit(selector, subject) for selector in changing):
                continue
            if passed := _passed(subject, before, after):
                yield found, *passed


def _passed(
    subject: Subject, before: Candidates, after: Candidates
) -> tuple[Passage, tuple[Rules, Rules]] | None:
    old, new = governing(before, subject), governing(after, subject)
    if old.rules == new.rules and old.doubt == new.doubt:
        return None
    passage = Passage(old.version or "", new.version or "", in_doubt=bool(old.doubt or new.doubt))
    return passage, (old.rules, new.rules)


def _replaced(before: Candidates, name: str, rules: Rules | None) -> Candidates:
    """In the order of age, which decides between policies that are alike: a new one is the youngest."""
    ages = dict(Policy.objects.values_list("name", "pk"))
    others = [pair for pair in before if pair[0] != name]
    added = [(name, rules)] if rules else []
    return sorted(others + added, key=lambda pair: (pair[0] not in ages, ages.get(pair[0], 0)))
