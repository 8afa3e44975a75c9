"""What a policy's document may say: the sentence beside each field that cannot stand. Pure.

Whether its groups can meet it is a question for the database; `fitting` asks that.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from keyconsole.kms.regions import partition_of
from keyconsole.policies.document.opening import DAYS, spans
from keyconsole.policies.document.parts import Rule, Window
from keyconsole.policies.document.rules import RESERVED_NAMES, Rules
from keyconsole.policies.document.ticket_pattern import pattern_problem

MOST_PEOPLE = 20
LONGEST_REASON_ASKED = 500
MOST_HOURS = 24 * 90
MOST_REQUIREMENTS = 10
MOST_WINDOWS = 50

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}")
_CLOCK = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]")
# Two weeks that begin on a Monday, one by winter time and one by summer time: windows come back every week.
_WEEKS = (date(2027, 1, 4), date(2027, 7, 5))


def problems(rules: Rules) -> dict[str, str]:
    found: dict[str, list[str]] = {}
    for check in (_names, _people, _regions, _lengths, _hours, _windows, _freezes):
        for name, sentence in check(rules):
            found.setdefault(name, []).append(sentence)
    return {name: " ".join(sentences) for name, sentences in found.items()}


def _names(rules: Rules) -> Iterator[tuple[str, str]]:
    if not _NAME.fullmatch(rules.name):
        yield "name", "A policy's name has 1 to 60 small letters, digits, - and _."
    if rules.name in RESERVED_NAMES:
        yield "name", f"A policy cannot be called {rules.name}: a page has that address."


def _people(rules: Rules) -> Iterator[tuple[str, str]]:
    needs = rules.requirements
    if rules.rule == Rule.APPROVE and not needs:
        yield "requirements", "The rule approve needs at least one requirement."
    if rules.rule == Rule.CONFIRM and needs:
        yield "requirements", "The rule confirm has no requirements; the rule approve has."
    if rules.rule == Rule.CONFIRM and rules.second_factor:
        yield "second_factor", "The rule confirm has no approvers who could be asked for a second factor."
    if len(needs) > MOST_REQUIREMENTS:
        yield "requirements", f"At most {MOST_REQUIREMENTS} requirements; these are {len(needs)}."
    for need in needs:
        if not 1 <= need.at_least <= MOST_PEOPLE:
            yield "requirements", f"At least 1 and at most {MOST_PEOPLE} people, not {need.at_least:,}."
    for group, times in Counter(need.group for need in needs).items():
        if times > 1:
            yield (
                "requirements",
                f"{group or 'The approvers'} is asked twice; one requirement holds the number.",
            )


def _regions(rules: Rules) -> Iterator[tuple[str, str]]:
    lists = {
        "applies_to": (*rules.applies_to.from_regions, *rules.applies_to.to_regions),
        "allowed_regions": rules.allowed_regions,
    }
    for name, regions in lists.items():
        if unknown := [region for region in dict.fromkeys(regions) if not partition_of(region)]:
            yield (
                name,
                f"No Region with KMS is called {', '.join(repr(region[:40]) for region in unknown[:5])}.",
            )
    if any(alias.startswith("alias/") for alias in rules.applies_to.aliases):
        yield "applies_to", "Patterns for aliases stand without alias/."


def _lengths(rules: Rules) -> Iterator[tuple[str, str]]:
    if problem := pattern_problem(rules.ticket_pattern):
        yield "ticket_pattern", problem
    if not 0 <= rules.reason_at_least <= LONGEST_REASON_ASKED:
        yield "reason_at_least", f"From 0 to {LONGEST_REASON_ASKED} characters."


def _hours(rules: Rules) -> Iterator[tuple[str, str]]:
    for name in ("request_lives_hours", "approval_lives_hours", "review_within_hours"):
        if not 1 <= getattr(rules, name) <= MOST_HOURS:
            yield name, f"From 1 to {MOST_HOURS:,} hours."


def _windows(rules: Rules) -> Iterator[tuple[str, str]]:
    if len(rules.windows) > MOST_WINDOWS:
        yield "windows", f"At most {MOST_WINDOWS} windows; these are {len(rules.windows)}."
        return
    wrong = [
        f"Window {number}: {problem}"
        for number, window in enumerate(rules.windows, start=1)
        for problem in _window_problems(window)
    ]
    for sentence in wrong or _overlaps(rules.windows):
        yield "windows", sentence


def _window_problems(window: Window) -> Iterator[str]:
    if not window.days or set(window.days) - set(DAYS):
        yield f"days are some of {', '.join(DAYS)}."
    if not _CLOCK.fullmatch(window.start) or not (_CLOCK.fullmatch(window.end) or window.end == "24:00"):
        yield "times are written HH:MM, from 00:00 to 24:00."
    elif window.start == window.end:
        yield "it begins and ends at the same time; a whole day is 00:00 to 24:00."
    if not _is_zone(window.time_zone):
        yield f"no time zone is called {window.time_zone[:60]!r}; they are written Europe/Zurich."


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ValueError, OSError, KeyError):  # KeyError: ZoneInfoNotFoundError
        return False
    return True


def _overlaps(windows: tuple[Window, ...]) -> Iterator[str]:
    """Pairs of active windows that share time, found in a week of winter and one of summer."""
    told = set()
    for monday in _WEEKS:
        # A day more on both sides: what passes Sunday's midnight, and zones a day apart.
        days = [monday + timedelta(days=ahead) for ahead in range(-2, 9)]
        opened = sorted(
            (*span, number)
            for number, window in enumerate(windows, start=1)
            if window.active
            for span in spans(window, days=days)
        )
        for (_, closes, one), (opens, _, other) in pairwise(opened):
            if opens < closes and one != other:
                told.add((min(one, other), max(one, other)))
    yield from (f"Windows {one} and {other} overlap." for one, other in sorted(told))


def _freezes(rules: Rules) -> Iterator[tuple[str, str]]:
    for number, span in enumerate(rules.freezes, start=1):
        if span.from_at >= span.to_at:
            yield "freezes", f"Freeze {number} ends before it begins."
        if not span.why:
            yield "freezes", f"Freeze {number} does not say why."
        if not _in_reach(span.from_at) or not _in_reach(span.to_at):
            yield "freezes", f"Freeze {number} is not in the years 2000 to 2100."


def _in_reach(moment: datetime) -> bool:
    return datetime(2000, 1, 1, tzinfo=UTC) <= moment < datetime(2101, 1, 1, tzinfo=UTC)
