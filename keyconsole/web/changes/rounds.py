"""The looks of a change as few rows: a column per Region, and rounds that showed the same folded into one.

Pure. Never judges what was seen.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from operator import attrgetter

from keyconsole.changes.execution.progress import seen_as
from keyconsole.changes.models import Observation


@dataclass(frozen=True, slots=True)
class Cell:
    """What one Region showed. `is_known` is False where nothing was seen; `sight` and `problem` say why."""

    region: str
    role: str = ""
    state: str = ""
    problem: str = ""
    sight: str = "unlooked"

    @property
    def is_known(self) -> bool:
        return bool(self.role or self.state)


@dataclass(frozen=True, slots=True)
class Rounds:
    """One round, or several in a row that showed the same."""

    first: int
    last: int
    began_at: datetime
    ended_at: datetime
    cells: tuple[Cell, ...]
    is_before_the_call: bool = False

    @property
    def count(self) -> int:
        return self.last - self.first + 1


def regions_of(observations: Iterable[Observation]) -> list[str]:
    return sorted({observation.region for observation in observations})


def folded(observations: Iterable[Observation], *, called_at: datetime | None) -> list[Rounds]:
    """Newest first. Rounds before the call are never folded with those after it."""
    ordered = sorted(observations, key=attrgetter("round", "region"))
    regions = regions_of(ordered)
    rows: list[Rounds] = []
    for number, group in groupby(ordered, key=attrgetter("round")):
        found = _one_round(number, list(group), regions, called_at)
        if rows and _shows_the_same(rows[-1], found):
            rows[-1] = replace(rows[-1], last=found.last, ended_at=found.ended_at)
        else:
            rows.append(found)
    return rows[::-1]


def _shows_the_same(one: Rounds, other: Rounds) -> bool:
    return one.cells == other.cells and one.is_before_the_call == other.is_before_the_call


def _one_round(
    number: int, observations: list[Observation], regions: list[str], called_at: datetime | None
) -> Rounds:
    seen = {
        one.region: Cell(one.region, one.role, one.state, one.problem, seen_as(one)) for one in observations
    }
    times = [observation.looked_at for observation in observations]
    return Rounds(
        first=number,
        last=number,
        began_at=min(times),
        ended_at=max(times),
        cells=tuple(seen.get(region, Cell(region)) for region in regions),
        is_before_the_call=called_at is None or max(times) <= called_at,
    )
