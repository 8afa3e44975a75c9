"""The picture of a move: two Regions, what each was, is and will be.

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
    from_side: MoveSide
    to_side: MoveSide
    moving: bool

    @property
    def sides(self) -> tuple[MoveSide, MoveSide]:
        return self.from_side, self.to_side

    @property
    def is_done(self) -> bool:
        return not self.moving and self.from_side.has_arrived and self.to_side.has_arrived

    @property
    def phase(self) -> str:
        if self.moving:
            return "moving"
        return "done" if self.is_done else "planned"
