"""The periods of a key as the picture wants them: bars, gaps where nobody looked, and marks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from keyconsole.changes.models import Change
from keyconsole.changes.states import State
from keyconsole.inventory.models import Cause, MultiRegionKey, PrimaryPeriod
from keyconsole.web.pictures.periods import Mark, Period

_SHORTEST = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Timeline:
    periods: Sequence[Period]
    marks: Sequence[Mark]
    start: datetime
    end: datetime


def timeline_of(key: MultiRegionKey, *, changes: Sequence[Change], now: datetime) -> Timeline:
    stored = list(key.primary_periods.order_by("started_at"))
    periods = [_period(period, following) for period, following in pairwise([*stored, None]) if period]
    marks = [*_moves_elsewhere(stored), *_done(changes)]
    start = min([period.start for period in periods], default=now)
    length = max(now - start, _SHORTEST)
    # A little room before the first look, drawn as the gap that it is.
    return Timeline(periods, sorted(marks, key=lambda mark: mark.at), now - length * 1.06, now)


def _period(period: PrimaryPeriod, following: PrimaryPeriod | None) -> Period:
    """Between two looks nobody knows: what came after may have begun any time since the last confirmation."""
    end = following.not_before if following and following.not_before else period.ended_at
    return Period(
        region=period.region,
        start=period.started_at,
        end=max(end, period.started_at) if end else None,
        cause=period.cause.replace("-", "_"),
        confirmed_at=period.confirmed_at,
        gap_before=period.cause == Cause.FIRST_SEEN or period.not_before is not None,
    )


def _moves_elsewhere(periods: Sequence[PrimaryPeriod]) -> list[Mark]:
    return [
        Mark(period.started_at, "out_of_band", f"Found in {period.region}: moved without a change here")
        for period in periods
        if period.cause == Cause.OUT_OF_BAND
    ]


def _done(changes: Sequence[Change]) -> list[Mark]:
    return [
        Mark(change.closed_at, "change", f"{change.ref}: {' to '.join(change.regions)}")
        for change in changes
        if change.state == State.DONE and change.closed_at
    ]
