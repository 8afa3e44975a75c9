"""The picture of a change: its Regions, what each was, is and will be.

Owns the words' order, not the words' look. Pages fill it from a plan, or from what was last seen.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class MoveSide:
    """One Region of the move. An empty `role_now` or `state_now` means: not known."""

    region: str
    role_before: str
    role_now: str
    role_after: str
    state_now: str
    last_look: datetime | None = None
    next_look: datetime | None = None
    note: str = ""

    @property
    def has_arrived(self) -> bool:
        return self.role_now.upper() == self.role_after.upper()

    @property
    def steps(self) -> tuple[tuple[str, str, bool], ...]:
        """Before, now and after, each with its role and whether that is where this Region stands."""
        return (
            ("Before", self.role_before, False),
            ("Now", self.role_now, True),
            ("After", self.role_after, False),
        )


@dataclass(frozen=True, slots=True)
class Move:
    sides: tuple[MoveSide, ...]  # an arrow leads to the last one
    moving: bool

    @property
    def is_done(self) -> bool:
        return not self.moving and all(side.has_arrived for side in self.sides)

    @property
    def phase(self) -> str:
        if self.moving:
            return "moving"
        return "done" if self.is_done else "planned"
