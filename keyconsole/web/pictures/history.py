"""Numbers over time as lanes on one axis: a step area for each, all on one scale, and where nobody looked.

Owns paths, ticks and which columns its table has. The plot is `WIDTH` wide, whatever the page makes of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from keyconsole.web.pictures import periods as time_band
from keyconsole.web.pictures.places import place

WIDTH = 960
LANE_HEIGHT = 28
AXIS_HEIGHT = 20
_AREA = 22
# Of the steps, every ninth is a line of the table.
_TABLE_EVERY = 9


@dataclass(frozen=True, slots=True)
class Series:
    """One value a step. `known_from`: what was before was not kept; None for a series that says nothing."""

    name: str
    values: Sequence[int]
    known_from: datetime | None = None


@dataclass(frozen=True, slots=True)
class Lane:
    name: str
    place: str
    y: int
    area: str
    last: int
    is_drift: bool


@dataclass(frozen=True, slots=True)
class TableRow:
    at: datetime
    values: Sequence[int]
    looked: bool


@dataclass(frozen=True, slots=True)
class History:
    """`gaps`: where no scan ended, from where and how wide. `drift_known_from`: None where none was found."""

    lanes: Sequence[Lane]
    gaps: Sequence[tuple[str, str]]
    ticks: Sequence[time_band.Point]
    rows: Sequence[TableRow]
    start: datetime
    end: datetime
    drift_known_from: datetime | None
    width: int = WIDTH

    @property
    def bottom(self) -> int:
        return LANE_HEIGHT * len(self.lanes)

    @property
    def height(self) -> int:
        return self.bottom + AXIS_HEIGHT


def history(
    regions: Sequence[Series],
    drift: Series,
    *,
    looked: Sequence[bool],
    moments: Sequence[datetime],
    start: datetime,
    end: datetime,
) -> History:
    series = [*regions, drift]
    highest = max((value for one in series for value in one.values), default=0) or 1
    lanes = [_lane(one, number, highest, one is drift) for number, one in enumerate(series)]
    ticks = time_band.band((), (), start=start, end=end).ticks
    last = len(moments) - 1
    shown = list(range(last, -1, -_TABLE_EVERY))
    rows = [
        TableRow(
            moments[number],
            [one.values[number] for one in series],
            any(looked[max(number - _TABLE_EVERY + 1, 0) : number + 1]),
        )
        for number in shown
    ]
    return History(lanes, _gaps(looked), ticks, rows, start, end, drift.known_from)


def _lane(one: Series, number: int, highest: int, is_drift: bool) -> Lane:
    y = LANE_HEIGHT * number
    area = _steps(one.values, highest, y + LANE_HEIGHT - 2)
    return Lane(one.name, place(one.name).name, y, area, one.values[-1], is_drift)


def _steps(values: Sequence[int], highest: int, base: int) -> str:
    """A value holds from the end of its step to the end of the next: as of, never before it was known."""
    width = WIDTH / len(values)
    path = [f"M0 {base}"]
    height = 0.0
    for number, value in enumerate(values):
        was, height = height, round(_AREA * value / highest, 1)
        if height != was:
            path.append(f"H{round(width * (number + 1), 1):g}V{round(base - height, 1):g}")
    path.append(f"H{WIDTH}V{base}Z")
    return "".join(path)


def _gaps(looked: Sequence[bool]) -> list[tuple[str, str]]:
    width, gaps = 100 / len(looked), list[tuple[str, str]]()
    begun: int | None = None
    for number, seen in enumerate([*looked, True]):
        if not seen and begun is None:
            begun = number
        elif seen and begun is not None:
            gaps.append((f"{width * begun:.2f}%", f"{width * (number - begun):.2f}%"))
            begun = None
    return gaps
