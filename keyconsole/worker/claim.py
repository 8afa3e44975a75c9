"""Which row is next: the one that is due for the longest, of those that get a fair share of the threads.

One indexed query. Taking the row is the step's own business (`lease.take`): of two workers that choose the
same, one gets it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from operator import attrgetter
from typing import Generic

from django.db.models import Q

from keyconsole.worker.lanes import Lane, Row

# An account, or whatever else must not delay the others, by the values of the lane's `fair_by`.
Share = tuple[object, ...]


@dataclass(slots=True)
class Running:
    """What the threads of one lane are busy with."""

    threads: int
    rows: set[int] = field(default_factory=set)
    shares: Counter[Share] = field(default_factory=Counter)

    @property
    def free(self) -> int:
        return self.threads - len(self.rows)

    @property
    def at_their_limit(self) -> list[Share]:
        """Who has as many threads as are still free gets no further one: half, then half of the rest."""
        return [share for share, count in self.shares.items() if count >= self.free]

    def begin(self, pk: int, share: Share) -> None:
        self.rows.add(pk)
        self.shares[share] += 1

    def end(self, pk: int, share: Share) -> None:
        self.rows.discard(pk)
        self.shares[share] -= 1
        if not self.shares[share]:
            del self.shares[share]


@dataclass(frozen=True, slots=True)
class Next(Generic[Row]):
    """`row` is due now; or else, at `at` at the earliest, something is."""

    row: Row | None = None
    share: Share = ()
    at: datetime | None = None


def next_row(lane: Lane[Row], running: Running, *, now: datetime) -> Next[Row]:
    rows = lane.rows().filter(due_at__isnull=False).exclude(pk__in=running.rows)
    rows = rows.exclude(_of_any(lane, running.at_their_limit))
    row = rows.order_by("due_at").first()
    if row is None or row.due_at is None:
        return Next()
    return Next(row, share_of(lane, row)) if row.due_at <= now else Next(at=row.due_at)


def share_of(lane: Lane[Row], row: Row) -> Share:
    return tuple(attrgetter(name.replace("__", "."))(row) for name in lane.fair_by)


def _of_any(lane: Lane[Row], shares: Collection[Share]) -> Q:
    """Rows that belong to one of the shares; `pk__in=[]` matches none."""
    found = Q(pk__in=[])
    for share in shares:
        if lane.fair_by:
            found |= Q(**dict(zip(lane.fair_by, share, strict=True)))
    return found
