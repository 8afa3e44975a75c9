"""Two sets of rules, rule by rule: what each says, and whether the second asks for less. Pure.

One is weaker where it lets through all that the other does, and more: with fewer people, to a Region more, at
further times. Where each lets something through that the other does not, no order is claimed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from keyconsole.policies.document.opening import DAYS, minutes
from keyconsole.policies.document.parts import Runs, Span, Window
from keyconsole.policies.document.rules import Rules
from keyconsole.policies.document.words import APPLIES_TO, NOT_UNDERSTOOD, SECOND_FACTOR, Texts, rows
from keyconsole.policies.quorum.requirements import covers

_DAY = 24 * 60
_WEEK = 7 * _DAY


class Bearing(StrEnum):
    WEAKER = "weaker"
    STRICTER = "stricter"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Comparison:
    """One rule that the two say differently."""

    label: str
    before: Texts
    after: Texts
    bearing: Bearing

    @property
    def is_weaker(self) -> bool:
        return self.bearing == Bearing.WEAKER

    @property
    def words(self) -> str:
        """One line of a message or a terminal."""
        before, after = ("; ".join(texts) or "nothing" for texts in (self.before, self.after))
        return f"{self.bearing.value:<8} {self.label}: {before} -> {after}"

    def as_json(self) -> dict[str, Any]:
        return {
            "rule": self.label,
            "before": list(self.before),
            "after": list(self.after),
            "bearing": self.bearing.value,
        }


def compare(before: Rules, after: Rules) -> tuple[Comparison, ...]:
    """What a move is asked for under each. Which moves they are about is another question."""
    return tuple(each for each in differences(before, after) if each.label != APPLIES_TO)


def differences(before: Rules, after: Rules) -> tuple[Comparison, ...]:
    """Of two documents, with which moves they are about. In the order in which people ask."""
    old, new = ({row.label: row.texts for row in rows(each)} for each in (before, after))
    return tuple(
        Comparison(label, old.get(label, ()), new.get(label, ()), _bearing(label, before, after))
        for label in {**old, **new}
        if old.get(label) != new.get(label)
    )


def _bearing(label: str, before: Rules, after: Rules) -> Bearing:
    as_strict = _AS_STRICT[label]
    held, then = as_strict(before, after), as_strict(after, before)
    if held == then:
        return Bearing.OTHER
    return Bearing.WEAKER if held else Bearing.STRICTER


def _regions(one: Rules, other: Rules) -> bool:
    if not other.allowed_regions:
        return True
    return bool(one.allowed_regions) and set(one.allowed_regions) <= set(other.allowed_regions)


def _windows(one: Rules, other: Rules) -> bool:
    """Whenever the one is open, the other is: told by the clock of each zone alone."""
    open_then, open_now = (_open_minutes(each.windows) for each in (other, one))
    if not open_then:
        return True
    return bool(open_now) and all(not mask & ~open_then.get(zone, 0) for zone, mask in open_now.items())


def _open_minutes(windows: Iterable[Window]) -> Mapping[str, int]:
    """By time zone: a bit for each minute of the week. Empty where there is no window to wait for."""
    found: dict[str, int] = defaultdict(int)
    for window in windows:
        if window.active:
            found[window.time_zone] |= _mask(window)
    return found


def _mask(window: Window) -> int:
    start, end = minutes(window.start), minutes(window.end)
    lasts = end - start if end > start else end + _DAY - start
    mask = 0
    for day in window.days:
        span = ((1 << lasts) - 1) << (DAYS.index(day) * _DAY + start)
        # What runs over the end of Sunday goes on at the beginning of Monday.
        mask |= (span & ((1 << _WEEK) - 1)) | (span >> _WEEK)
    return mask


def _freezes(one: Rules, other: Rules) -> bool:
    """Whenever the other is frozen, the one is."""
    frozen = _merged(one.freezes)
    return all(any(begin <= b and e <= end for begin, end in frozen) for b, e in _merged(other.freezes))


def _merged(spans: Iterable[Span]) -> list[tuple[datetime, datetime]]:
    merged: list[tuple[datetime, datetime]] = []
    for begin, end in sorted((span.from_at, span.to_at) for span in spans):
        if merged and begin <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((begin, end))
    return merged


def _emergency(one: Rules, other: Rules) -> bool:
    """A way around the approvals is weaker than none; one that is reviewed later, than one reviewed soon."""
    if not one.emergency_group:
        return True
    same = one.emergency_group == other.emergency_group
    return same and one.review_within_hours <= other.review_within_hours


# By the label of the rule: whether the first is at least as strict as the second.
_AS_STRICT: Mapping[str, Callable[[Rules, Rules], bool]] = {
    NOT_UNDERSTOOD: lambda _one, _other: False,
    APPLIES_TO: lambda _one, _other: False,
    "Needs": lambda one, other: covers(one.needs, other.needs),
    SECOND_FACTOR: lambda one, other: one.second_factor >= other.second_factor,
    "Frozen": lambda one, other: bool(one.frozen) >= bool(other.frozen),
    "Allowed primary Regions": _regions,
    "Ticket": lambda one, other: not other.ticket_pattern or one.ticket_pattern == other.ticket_pattern,
    "Reason": lambda one, other: one.reason_at_least >= other.reason_at_least,
    "A request waits": lambda one, other: one.request_lives_hours <= other.request_lives_hours,
    "An approval holds": lambda one, other: one.approval_lives_hours <= other.approval_lives_hours,
    "Change windows": _windows,
    "Planned freezes": _freezes,
    "Runs": lambda one, other: one.runs == Runs.BY_HAND or other.runs == Runs.AUTOMATIC,
    "Emergency": _emergency,
}
