"""When one window is open, by the clock of its zone. Pure.

A window opens at the first moment at which the clock on the wall reads its start or later, and closes at the
first at which it reads its end or later. So each opening is one span of time, also in the nights in which the
clock jumps: an hour that is left out opens nothing, an hour that comes twice counts from its first coming.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from keyconsole.policies.document.parts import Window

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
# A window that a jump of the clock swallows opens a week later; twice in a row no zone does that.
_DAYS_AHEAD = 22


def openings(window: Window, now: datetime) -> Iterator[tuple[datetime, datetime]]:
    """The spans around now and for three weeks ahead, in UTC."""
    today = now.astimezone(ZoneInfo(window.time_zone)).date()
    return spans(window, days=(today + timedelta(days=ahead) for ahead in range(-2, _DAYS_AHEAD)))


def spans(window: Window, *, days: Iterable[date]) -> Iterator[tuple[datetime, datetime]]:
    """From when to when, in UTC, the window is open where it opens on one of the days."""
    zone, start, end = ZoneInfo(window.time_zone), minutes(window.start), minutes(window.end)
    over_midnight = 0 if end > start else 1
    for day in days:
        if DAYS[day.weekday()] in window.days:
            opens = _first_at(day, start, zone)
            closes = _first_at(day + timedelta(days=over_midnight), end, zone)
            if opens < closes:
                yield opens, closes


def minutes(clock: str) -> int:
    """Minutes after midnight of HH:MM."""
    return int(clock[:2]) * 60 + int(clock[3:])


def _first_at(day: date, minute: int, zone: ZoneInfo) -> datetime:
    """The first moment at which the clock of the zone reads this day and minute, or later."""
    wall = datetime.combine(day, datetime.min.time()) + timedelta(minutes=minute)
    first = wall.replace(tzinfo=zone).astimezone(UTC)
    if _wall(first, zone) == wall:
        return first
    # The clock jumps over it. Before the jump it reads less, after it more: halve until the second is found.
    before = wall.replace(tzinfo=zone, fold=1).astimezone(UTC)
    while first - before > timedelta(seconds=1):
        middle = before + timedelta(seconds=(first - before) // timedelta(seconds=2))
        before, first = (middle, first) if _wall(middle, zone) < wall else (before, middle)
    return first


def _wall(moment: datetime, zone: ZoneInfo) -> datetime:
    return moment.astimezone(zone).replace(tzinfo=None)
