"""A policy's document in words, for pages, messages and terminals. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from keyconsole.policies.document.parts import Runs, Selector
from keyconsole.policies.document.rules import Rules
from keyconsole.text import listed

Texts = tuple[str, ...]
APPLIES_TO = "Applies to"
SECOND_FACTOR = "Second factor"
NOT_UNDERSTOOD = "Not understood by this version of KeyConsole"

# What somebody reads whose vote a policy would not count.
FACTOR_MISSING = (
    "The policy counts only approvals that a second factor proved, and you have none here. "
    "Set up a passkey or an app that makes codes first; then approve."
)
PROOF_TOO_WEAK = (
    "The policy counts only approvals that a second factor proved, and this one was proved without. "
    "Approve on the page in the browser, and prove it there with your second factor."
)


@dataclass(frozen=True, slots=True)
class Row:
    label: str
    texts: Texts


def rows(rules: Rules) -> tuple[Row, ...]:
    """Everything that the document says, in the order in which people ask."""
    unread = (Row(NOT_UNDERSTOOD, rules.unread),) if rules.unread else ()
    return (
        *unread,
        Row(APPLIES_TO, selector_words(rules.applies_to)),
        Row("Needs", (needs_words(rules),)),
        Row(SECOND_FACTOR, ("of everybody who approves" if rules.second_factor else "not asked for",)),
        Row("Frozen", (rules.frozen or "no",)),
        Row("Allowed primary Regions", (", ".join(rules.allowed_regions) or "every Region",)),
        Row("Ticket", (f"must match {rules.ticket_pattern}" if rules.ticket_pattern else "not asked for",)),
        Row("Reason", (_reason_words(rules.reason_at_least),)),
        Row("A request waits", (f"at most {hours(rules.request_lives_hours)}",)),
        Row("An approval holds", (hours(rules.approval_lives_hours),)),
        Row("Change windows", _windows_words(rules)),
        Row("Planned freezes", _freezes_words(rules)),
        Row("Runs", (_runs_words(rules.runs),)),
        Row("Emergency", (_emergency_words(rules),)),
    )


def selector_words(selector: Selector) -> Texts:
    """One text a kind that is named; all of them must fit."""
    kinds = (
        ("account", selector.accounts),
        ("unit", selector.units),
        ("tag", tuple(f"{name}={pattern}" for name, pattern in selector.tags.items())),
        ("alias", selector.aliases),
        ("primary in", selector.from_regions),
        ("move to", selector.to_regions),
    )
    # Of tags every one must fit; of the others any one.
    words = [f"{kind} {listed(named, 'and' if kind == 'tag' else 'or')}" for kind, named in kinds if named]
    return tuple(words) or ("every key",)


def needs_words(rules: Rules) -> str:
    if not rules.needs:
        return "one person, behind the typed confirmation"
    return listed([need.words for need in rules.needs], "and")


def hours(number: int) -> str:
    days, rest = divmod(number, 24)
    if days and not rest:
        return "1 day" if days == 1 else f"{days} days"
    return "1 hour" if number == 1 else f"{number} hours"


def moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def _reason_words(at_least: int) -> str:
    return f"at least {at_least} characters" if at_least else "needed, of any length"


def _windows_words(rules: Rules) -> Texts:
    told = (f"{each.words}{'' if each.active else ' (switched off)'}" for each in rules.windows)
    return _or(told, "none: changes may run at any time")


def _freezes_words(rules: Rules) -> Texts:
    return _or((f"{moment(s.from_at)} to {moment(s.to_at)}: {s.why}" for s in rules.freezes), "none")


def _runs_words(runs: Runs) -> str:
    if runs == Runs.AUTOMATIC:
        return "by itself, as soon as it is approved and a window is open"
    return "by hand: when the requester or an approver says so"


def _emergency_words(rules: Rules) -> str:
    if not rules.emergency_group:
        return "no emergency path"
    return f"the group {rules.emergency_group}; reviewed within {hours(rules.review_within_hours)}"


def _or(texts: Iterable[str], nothing: str) -> Texts:
    return tuple(texts) or (nothing,)
