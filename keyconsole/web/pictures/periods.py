"""Which Region was primary from when to when, as lanes on one time axis.

Owns percentages along the axis, gaps where nobody looked, marks and ticks. Times are aware datetimes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from keyconsole.web.pictures.places import place

_MINUTES = (10, 60, 360, 1440, 10080)
_MONTHS = (1, 2, 3, 6, 12, 24, 60)
_MOST_TICKS = 7


@dataclass(frozen=True, slots=True)
class Period:
    """A Region was primary from `start` to `end` (None: still). `gap_before`: nobody looked just before."""

    region: str
    start: datetime
    end: datetime | None
    cause: str
    gap_before: bool = False
    confirmed_at: datetime | None = None  # the last look that still found it there


@dataclass(frozen=True, slots=True)
class Mark:
    """Something to see on the axis; kind is change, out_of_band or scan."""

    at: datetime
    kind: str
    label: str


@dataclass(frozen=True, slots=True)
class Bar:
    period: Period
    x: str
    width: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class Lane:
    region: str
    name: str
    y: int
    bars: tuple[Bar, ...]
    is_current: bool


@dataclass(frozen=True, slots=True)
class Gap:
    x: str
    width: str


@dataclass(frozen=True, slots=True)
class Point:
    x: str
    label: str
    kind: str = ""
    at: datetime | None = None


LANE_HEIGHT = 26
MARKS_HEIGHT = 18
AXIS_HEIGHT = 20


@dataclass(frozen=True, slots=True)
class Band:
    lanes: tuple[Lane, ...]
    gaps: tuple[Gap, ...]
    points: tuple[Point, ...]
    ticks: tuple[Point, ...]
    bottom: int
    height: int


def band(periods: Sequence[Period], marks: Sequence[Mark], *, start: datetime, end: datetime) -> Band:
    shown = sorted((p for p in periods if p.start < end and (p.end or end) > start), key=lambda p: p.start)
    regions = list(dict.fromkeys(p.region for p in reversed(shown)))
    axis = _Axis(start, max(end, start + timedelta(minutes=1)))
    lanes = tuple(_lane(region, number, shown, axis) for number, region in enumerate(regions))
    bottom = MARKS_HEIGHT + LANE_HEIGHT * max(len(lanes), 1)
    points = tuple(
        Point(axis.share(mark.at), mark.label, mark.kind, mark.at)
        for mark in marks
        if start <= mark.at <= end
    )
    return Band(lanes, _gaps(shown, axis), points, axis.ticks(), bottom, bottom + AXIS_HEIGHT)


@dataclass(frozen=True, slots=True)
class _Axis:
    start: datetime
    end: datetime

    def percent(self, at: datetime) -> float:
        share = (at - self.start) / (self.end - self.start)
        return 100 * min(max(share, 0.0), 1.0)

    def share(self, at: datetime) -> str:
        return f"{self.percent(at):.2f}%"

    def span(self, start: datetime, end: datetime | None, *, least: float = 0.3) -> tuple[str, str]:
        left = self.percent(start)
        width = max(self.percent(end or self.end) - left, least)
        return f"{min(left, 100 - width):.2f}%", f"{width:.2f}%"

    def ticks(self) -> tuple[Point, ...]:
        """At most seven, on round times; none so near an end that its label would be cut."""
        times, pattern = _round_times(self.start, self.end)
        return tuple(
            Point(self.share(at), at.strftime(pattern).lstrip("0"))
            for at in times
            if 4 <= self.percent(at) <= 96
        )


def _round_times(start: datetime, end: datetime) -> tuple[list[datetime], str]:
    minutes = (end - start).total_seconds() / 60
    step = next((step for step in _MINUTES if minutes / step <= _MOST_TICKS), None)
    if step is None:
        months = minutes / 43_830
        return _months(start, end, next((s for s in _MONTHS if months / s <= _MOST_TICKS), 120)), "%b %Y"
    epoch = datetime(2001, 1, 1, tzinfo=UTC)
    length = timedelta(minutes=step)
    first = epoch + ((start - epoch) // length + 1) * length
    count = max((end - first) // length + 1, 0)
    return [first + number * length for number in range(count)], "%d %b" if step >= 1440 else "%d %b %H:%M"


def _months(start: datetime, end: datetime, step: int) -> list[datetime]:
    first = (start.year * 12 + start.month - 1) // step * step
    last = end.year * 12 + end.month
    return [datetime(number // 12, number % 12 + 1, 1, tzinfo=UTC) for number in range(first, last, step)]


def _lane(region: str, number: int, periods: Sequence[Period], axis: _Axis) -> Lane:
    bars = tuple(_bar(period, axis) for period in periods if period.region == region)
    y = MARKS_HEIGHT + number * LANE_HEIGHT
    return Lane(region, place(region).name, y, bars, any(bar.is_current for bar in bars))


def _bar(period: Period, axis: _Axis) -> Bar:
    x, width = axis.span(period.start, period.end)
    return Bar(period, x, width, period.end is None)


def _gaps(periods: Sequence[Period], axis: _Axis) -> tuple[Gap, ...]:
    """Where nobody looked: before a period that says so, back to the end of the one before it."""
    found = []
    seen_until = axis.start
    for period in periods:
        if period.gap_before and period.start > seen_until:
            found.append(Gap(*axis.span(seen_until, period.start)))
        seen_until = max(seen_until, period.end or axis.end)
    return tuple(found)
