"""Which policy governs a move: the most specific one that fits, and why. Pure.

The order: more tags named; then an alias pattern; then an account, which counts more than a unit; then the
current Region; then the target Region. Where two are alike, the one whose patterns hold more letters of their
own; where those are alike too, the older policy.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from typing import Generic, TypeVar

from keyconsole.policies.document.account_names import is_account_number
from keyconsole.policies.document.parts import Selector
from keyconsole.policies.document.rules import DEFAULT, Rules
from keyconsole.policies.governing.selected_by import SelectedBy, selected_by
from keyconsole.text import listed

V = TypeVar("V")

NO_POLICY = "No policy names this move: one of the account's approvers who is not the requester must agree."


@dataclass(frozen=True, slots=True)
class Subject:
    """What there is to know about one move. `tags` and `unit` are None where they were never read."""

    account_name: str  # for sentences; nothing is selected by it
    account_id: str
    unit: str | None  # empty: in no unit
    tags: dict[str, str] | None
    aliases: tuple[str, ...]
    from_region: str
    to_region: str


@dataclass(frozen=True, slots=True)
class Governing(Generic[V]):
    """The rules that hold for a move. `version` is None where the default holds.

    `doubt` says that another policy could govern instead, since the key's tags or the account's place in its
    organisation were never read; `unread` that one which fits holds what nobody here understands. Either way
    nobody can tell what the move needs, so nothing should be allowed on the strength of these rules.
    `selected_by`: what of the key chose them.
    """

    version: V | None
    rules: Rules
    why: str
    others: tuple[str, ...] = ()
    doubt: str = ""
    unread: str = ""
    selected_by: SelectedBy = field(default_factory=dict, compare=False)


def governing(candidates: Sequence[tuple[V, Rules]], subject: Subject) -> Governing[V]:
    """`candidates`: the active versions, the older policy first."""
    fitting = [(version, rules) for version, rules in candidates if fits(rules.applies_to, subject)]
    ranked = sorted(fitting, key=lambda pair: specificity(pair[1].applies_to, subject), reverse=True)
    doubt = _doubt([rules for _, rules in candidates], ranked[0][1] if ranked else None, subject)
    unread = _unread(
        rules for _, rules in candidates if rules.unread and could_fit(rules.applies_to, subject)
    )
    chosen_by = _selected_by([rules.applies_to for _, rules in candidates], subject)
    if not ranked:
        return Governing(None, DEFAULT, NO_POLICY, doubt=doubt, unread=unread, selected_by=chosen_by)
    (version, rules), *rest = ranked
    others = tuple(other.name for _, other in rest)
    return Governing(version, rules, _why(rules, others, subject), others, doubt, unread, chosen_by)


def fits(selector: Selector, subject: Subject) -> bool:
    """What is unknown fits nothing that names it."""
    tags = subject.tags or {}
    return (
        covers_account(selector, account_id=subject.account_id, unit=subject.unit)
        and (not selector.units or subject.unit is not None)
        and (not selector.aliases or bool(_matched_aliases(selector, subject)))
        and (not selector.from_regions or subject.from_region in selector.from_regions)
        and (not selector.to_regions or subject.to_region in selector.to_regions)
        and all(name in tags and fnmatchcase(tags[name], pattern) for name, pattern in selector.tags.items())
    )


def could_fit(selector: Selector, subject: Subject) -> bool:
    """Whether it fits, or would if nobody can tell: tags, units, and which account a name meant."""
    known = replace(
        selector,
        accounts=() if _names_any(selector) else selector.accounts,
        units=() if subject.unit is None else selector.units,
        tags={} if subject.tags is None else selector.tags,
    )
    return fits(known, subject)


def covers_account(selector: Selector, *, account_id: str, unit: str | None) -> bool:
    """Whether any key of the account could fit. What was typed is not asked: only numbers and units."""
    if selector.accounts and account_id not in selector.accounts:
        return False
    return not selector.units or unit is None or any(_in_unit(unit, pattern) for pattern in selector.units)


def specificity(selector: Selector, subject: Subject) -> tuple[int, ...]:
    """Compared from left to right; the larger one wins. Of what is unknown the most that it could be."""
    return (
        len(selector.tags),
        int(bool(selector.aliases)),
        2 * bool(selector.accounts) + bool(selector.units),
        int(bool(selector.from_regions)),
        int(bool(selector.to_regions)),
        _own_letters(selector, subject),
    )


def _doubt(candidates: Iterable[Rules], governs: Rules | None, subject: Subject) -> str:
    """Whatever could fit and would then come before the one that governs."""
    least = specificity(governs.applies_to, subject) if governs else ()
    rivals = [
        rules
        for rules in candidates
        if not fits(rules.applies_to, subject)
        and could_fit(rules.applies_to, subject)
        and specificity(rules.applies_to, subject) >= least
    ]
    by_tag = [rules.name for rules in rivals if rules.applies_to.tags and subject.tags is None]
    by_unit = [rules.name for rules in rivals if rules.applies_to.units and subject.unit is None]
    told = []
    if by_tag:
        told.append(
            f"The key's tags were never read, so nobody can tell whether {listed(by_tag, 'or')} governs it. "
            "A scan with details reads them."
        )
    if by_unit:
        told.append(
            f"Where the account {subject.account_id} stands in its organisation was never read, so nobody "
            f"can tell whether {listed(by_unit, 'or')} governs its keys. A scan of the account that the "
            "operator of the server chose to read the organisation tells."
        )
    return " ".join(told)


def _selected_by(selectors: Iterable[Selector], subject: Subject) -> SelectedBy:
    asked = [each for each in selectors if could_fit(replace(each, tags={}, aliases=()), subject)]
    return selected_by(asked, region=subject.from_region, tags=subject.tags, aliases=subject.aliases)


def _names_any(selector: Selector) -> bool:
    """An old document may name an account that nobody can tell any more."""
    return not all(map(is_account_number, selector.accounts))


def _unread(fitting: Iterable[Rules]) -> str:
    """Also where it seems to be the less specific one: what is not understood may say what it is about."""
    told = [f"The policy {rules.name} may govern this move. {rules.unread_words}" for rules in fitting]
    return f"{' '.join(told)} Nobody can tell what the move needs until it does." if told else ""


def _fitting_units(selector: Selector, subject: Subject) -> list[str]:
    return [p for p in selector.units if subject.unit is None or _in_unit(subject.unit, p)]


def _in_unit(unit: str, pattern: str) -> bool:
    """The pattern names the unit itself or one above it."""
    steps = unit.split("/") if unit else []
    return any(fnmatchcase("/".join(steps[:depth]), pattern) for depth in range(1, len(steps) + 1))


def _matched_aliases(selector: Selector, subject: Subject) -> list[str]:
    return [
        pattern
        for pattern in selector.aliases
        if any(fits_alias(pattern, alias) for alias in subject.aliases)
    ]


def fits_alias(pattern: str, alias: str) -> bool:
    return fnmatchcase(alias.removeprefix("alias/"), pattern)


def _own_letters(selector: Selector, subject: Subject) -> int:
    patterns = [*selector.tags.values(), *selector.tags]
    longest = max(map(_literal, _matched_aliases(selector, subject)), default=0)
    unit = max(map(_literal, _fitting_units(selector, subject)), default=0)
    return sum(map(_literal, patterns)) + longest + unit


def _literal(pattern: str) -> int:
    return sum(character not in "*?[]" for character in pattern)


def _why(rules: Rules, others: Sequence[str], subject: Subject) -> str:
    named = _named(rules.applies_to, subject)
    sentence = f"{rules.name} governs this move: it names {listed(named, 'and') if named else 'every key'}."
    return f"{sentence} It is more specific than {listed(others, 'and')}." if others else sentence


def _named(selector: Selector, subject: Subject) -> list[str]:
    named = [f"the tag {name}={pattern}" for name, pattern in selector.tags.items()]
    named += [f"the alias {pattern}" for pattern in _matched_aliases(selector, subject)[:1]]
    if selector.accounts:
        named.append(f"the account {subject.account_id} ({subject.account_name})")
    named += [f"the unit {pattern}" for pattern in _fitting_units(selector, subject)[:1]]
    if selector.from_regions:
        named.append(f"a primary in {subject.from_region}")
    if selector.to_regions:
        named.append(f"the move to {subject.to_region}")
    return named
