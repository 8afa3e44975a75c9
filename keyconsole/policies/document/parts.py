"""The pieces of a policy's document. Pure values; `reading` makes them, `checking` judges them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class Rule(StrEnum):
    CONFIRM = "confirm"  # one person, behind the typed confirmation
    APPROVE = "approve"  # every requirement met by others than the requester


class Runs(StrEnum):
    AUTOMATIC = "automatic"  # as soon as it is approved and a window is open
    BY_HAND = "by-hand"  # when the requester or an approver says so


@dataclass(frozen=True, slots=True)
class Selector:
    """Which moves. Every kind that is named must fit; within accounts, units, aliases and Regions any one."""

    accounts: tuple[str, ...] = ()  # numbers; in documents of before also names, see `account_names`
    units: tuple[str, ...] = ()  # path patterns; a unit takes in those below it
    tags: Mapping[str, str] = field(default_factory=dict)  # the primary's tags: name to value pattern
    aliases: tuple[str, ...] = ()  # patterns without alias/
    from_regions: tuple[str, ...] = ()
    to_regions: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        return {
            "accounts": list(self.accounts),
            "units": list(self.units),
            "tags": dict(self.tags),
            "aliases": list(self.aliases),
            "from_regions": list(self.from_regions),
            "to_regions": list(self.to_regions),
        }


@dataclass(frozen=True, slots=True)
class Window:
    """When changes may run, by the clock of a zone. An end that is not after the start is on the next day."""

    days: tuple[str, ...]  # mon … sun: the days on which it opens
    start: str  # HH:MM
    end: str  # HH:MM, at most 24:00
    time_zone: str
    active: bool = True

    @property
    def words(self) -> str:
        return f"{', '.join(self.days)} {self.start} to {self.end} {self.time_zone}"

    def as_json(self) -> dict[str, Any]:
        return {
            "days": list(self.days),
            "start": self.start,
            "end": self.end,
            "time_zone": self.time_zone,
            "active": self.active,
        }


@dataclass(frozen=True, slots=True)
class Span:
    """A planned freeze."""

    from_at: datetime
    to_at: datetime
    why: str

    def as_json(self) -> dict[str, Any]:
        return {"from_at": self.from_at.isoformat(), "to_at": self.to_at.isoformat(), "why": self.why}
