"""Which policy governs the moves of one key, and what became of each other policy."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields

from keyconsole.inventory.models import MultiRegionKey
from keyconsole.policies.document.account_names import is_account_number
from keyconsole.policies.document.parts import Selector
from keyconsole.policies.document.rules import Rules
from keyconsole.policies.document.words import selector_words
from keyconsole.policies.governing.match import Governing, Subject, could_fit, fits, governing
from keyconsole.policies.governing.resolve import active_rules, subject_of, with_primaries
from keyconsole.policies.models import PolicyVersion
from keyconsole.policies.versions.horizon import Horizon

GOVERNS, LESS_SPECIFIC, IN_DOUBT, NOT_NAMED = "Governs", "Less specific", "In doubt", "Does not fit"
_STYLES = {
    GOVERNS: ("check", "ok"),
    LESS_SPECIFIC: ("chevron-down", "neutral"),
    IN_DOUBT: ("question", "unknown"),
    NOT_NAMED: ("cross", "neutral"),
}


@dataclass(frozen=True, slots=True)
class Considered:
    version: PolicyVersion
    result: str
    because: tuple[str, ...]

    @property
    def icon(self) -> str:
        return _STYLES[self.result][0]

    @property
    def tone(self) -> str:
        return _STYLES[self.result][1]


@dataclass(frozen=True, slots=True)
class Explained:
    """The moves to some Regions that have the same answer: what governs them and why."""

    to_regions: tuple[str, ...]
    governing: Governing[PolicyVersion]
    considered: tuple[Considered, ...]


def explained(key: MultiRegionKey, *, horizon: Horizon, to_region: str = "") -> list[Explained]:
    """For that Region, or for each that the key has beside its primary's. `region_keys` are read before."""
    regions = [to_region] if to_region else targets_of(key)
    candidates = [pair for pair in active_rules() if horizon.holds_version(pair[0])]
    [(_, primary)] = with_primaries([key])
    alike: list[tuple[Governing[PolicyVersion], tuple[Considered, ...], list[str]]] = []
    for region in regions:
        subject = subject_of(key, primary, to_region=region)
        answer = governing(candidates, subject)
        considered = tuple(_considered(candidates, subject, answer))
        same = next((each for each in alike if each[:2] == (answer, considered)), None)
        if same:
            same[2].append(region)
        else:
            alike.append((answer, considered, [region]))
    return [Explained(tuple(names), answer, considered) for answer, considered, names in alike]


def targets_of(key: MultiRegionKey) -> list[str]:
    return [member.region for member in key.region_keys.all() if member.region != key.primary_region]


def _considered(
    candidates: list[tuple[PolicyVersion, Rules]], subject: Subject, answer: Governing[PolicyVersion]
) -> Iterator[Considered]:
    order = [GOVERNS, LESS_SPECIFIC, IN_DOUBT, NOT_NAMED]
    found = [_judged(version, rules, subject, answer) for version, rules in candidates]
    yield from sorted(found, key=lambda each: (order.index(each.result), each.version.policy.name))


def _judged(
    version: PolicyVersion, rules: Rules, subject: Subject, answer: Governing[PolicyVersion]
) -> Considered:
    selector = rules.applies_to
    if answer.version == version:
        return Considered(version, GOVERNS, selector_words(selector))
    if fits(selector, subject):
        return Considered(version, LESS_SPECIFIC, selector_words(selector))
    if could_fit(selector, subject):
        unknown = Selector(
            accounts=tuple(entry for entry in selector.accounts if not is_account_number(entry)),
            units=selector.units if subject.unit is None else (),
            tags=selector.tags if subject.tags is None else {},
        )
        return Considered(version, IN_DOUBT, selector_words(unknown))
    return Considered(version, NOT_NAMED, tuple(_not_fitting(selector, subject)))


def _not_fitting(selector: Selector, subject: Subject) -> Iterator[str]:
    """The kinds that do not fit, each judged alone."""
    for kind in fields(Selector):
        alone = Selector(**{kind.name: getattr(selector, kind.name)})
        if not fits(alone, subject):
            yield from selector_words(alone)
