"""What a search gives: hits of one kind, and all of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

SHOWN = 8  # of each kind


@dataclass(frozen=True, slots=True)
class Hit:
    """`recorded_as`: what entries of the record call it; empty where none is about it."""

    title: str
    url: str
    facts: tuple[str, ...] = ()
    recorded_as: str = ""


@dataclass(frozen=True, slots=True)
class Hits:
    """Of one kind. `more`: how many are not shown, and where a list of all of them is."""

    kind: str
    icon: str
    hits: Sequence[Hit]
    more: int = 0
    more_url: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    kinds: tuple[Hits, ...]

    @property
    def count(self) -> int:
        return sum(len(kind.hits) + kind.more for kind in self.kinds)

    @property
    def only(self) -> Hit | None:
        """The one clear match."""
        return self.kinds[0].hits[0] if self.count == 1 else None


Search = Callable[[bool], Hits]  # exactly so, or whatever holds it


def rest_of(found: QuerySet, rows: Sequence[object]) -> int:  # type: ignore[type-arg]
    """How many are not among the rows."""
    return found.count() - len(rows) if len(rows) == SHOWN else 0
