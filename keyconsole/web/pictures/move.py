"""The picture of a change: its Regions, what each was, was last seen as, and shall be.

Owns the words and their order, not their look. Pages fill it from a plan, or from what was last seen. *Now*
is no word of it: whatever it shows was so at a look, and once a change has ended, at its last one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

NO_REPLICA = "No replica there"


class Stage(StrEnum):
    PLANNED = "planned"  # nobody has asked for it yet
    OPEN = "open"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class MoveSide:
    """One Region of the move. `role_now` and `state_now` are as of `last_look`; empty where it showed none.

    `visibility` says why it did not; `absent`: there is no key of the set.
    """

    region: str
    role_before: str
    role_now: str
    role_after: str
    state_now: str
    last_look: datetime | None = None
    next_look: datetime | None = None
    note: str = ""
    state_before: str = ""
    visibility: str = "unknown"

    @property
    def has_arrived(self) -> bool:
        return self.role_now.upper() == self.role_after.upper()

    @property
    def is_absent(self) -> bool:
        return self.visibility == "absent"


@dataclass(frozen=True, slots=True)
class Step:
    """A role with when it was so; without a role `visibility` says why, or `text` does."""

    word: str
    role: str
    visibility: str = ""
    text: str = ""
    is_latest: bool = False


@dataclass(frozen=True, slots=True)
class DrawnSide:
    side: MoveSide
    steps: tuple[Step, ...]
    state_word: str
    state: str  # empty: not known
    look_word: str


@dataclass(frozen=True, slots=True)
class Move:
    sides: tuple[MoveSide, ...]  # an arrow leads to the last one
    moving: bool
    stage: Stage = Stage.OPEN
    was_done: bool = False  # how it ended

    @property
    def is_done(self) -> bool:
        if self.stage == Stage.CLOSED:
            return self.was_done
        return not self.moving and all(side.has_arrived for side in self.sides)

    @property
    def phase(self) -> str:
        if self.moving:
            return "moving"
        return "done" if self.is_done else "planned"

    @property
    def word(self) -> str:
        if self.moving:
            return "moving"
        if self.is_done:
            return "moved"
        return "asked for" if self.stage == Stage.CLOSED else "move"

    @property
    def drawn(self) -> list[DrawnSide]:
        return [self._drawn(side) for side in self.sides]

    def _drawn(self, side: MoveSide) -> DrawnSide:
        steps = tuple(self._steps(side))
        if self.stage == Stage.PLANNED:
            return DrawnSide(side, steps, "State as last seen", side.state_now, "Last seen")
        if side.last_look is None:
            return DrawnSide(side, steps, "State when it was asked for", side.state_before, "Looked")
        return DrawnSide(side, steps, "State at the last look", side.state_now, "Last look")

    def _steps(self, side: MoveSide) -> Iterator[Step]:
        if self.stage == Stage.PLANNED:
            yield _seen("As last seen", side)
            if not any(each.is_absent for each in self.sides):
                yield Step("After", side.role_after)
            return
        yield Step("Before", side.role_before, is_latest=side.last_look is None)
        if side.last_look:
            yield _seen("At the end" if self.is_done else "At the last look", side)
        if not (self.is_done and side.last_look):
            yield Step("Asked for" if self.stage == Stage.CLOSED else "After", side.role_after)


def _seen(word: str, side: MoveSide) -> Step:
    if side.is_absent:
        return Step(word, "", text=NO_REPLICA, is_latest=True)
    return Step(word, side.role_now, "" if side.role_now else side.visibility, is_latest=True)
