"""What moved between two moments, and how many primaries each Region had over time. Reads periods alone."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery

from keyconsole.inventory.models import Cause, DriftPeriod, MultiRegionKey, PrimaryPeriod


@dataclass(frozen=True, slots=True)
class Move:
    """A primary left a Region for another.

    Found by a scan, it happened between `not_before` and `at`; else `at` is when our change was sent.
    `outside`: it may have happened before the first of the two moments, or after the second.
    """

    period: PrimaryPeriod
    from_region: str
    outside: bool

    @property
    def key(self) -> MultiRegionKey:
        return self.period.key

    @property
    def to_region(self) -> str:
        return self.period.region

    @property
    def at(self) -> datetime:
        return self.period.started_at

    @property
    def not_before(self) -> datetime | None:
        return self.period.not_before

    @property
    def change_ref(self) -> str:
        return self.period.change_ref

    @property
    def is_out_of_band(self) -> bool:
        return self.period.cause == Cause.OUT_OF_BAND


def move_periods(
    keys: QuerySet[MultiRegionKey], *, since: datetime, until: datetime
) -> QuerySet[PrimaryPeriod]:
    """The periods that began by a move after `since` and no later than `until`, as far as one can know."""
    before = PrimaryPeriod.objects.filter(key=OuterRef("key")).filter(
        Q(started_at__lt=OuterRef("started_at")) | Q(started_at=OuterRef("started_at"), pk__lt=OuterRef("pk"))
    )
    left = before.order_by("-started_at", "-pk").values("region")[:1]
    found = PrimaryPeriod.objects.filter(key__in=keys.order_by(), started_at__gt=since)
    found = found.filter(Q(started_at__lte=until) | Q(not_before__lt=until))
    moved = found.annotate(from_region=Subquery(left)).exclude(from_region=None)
    return moved.select_related("key__account").order_by("-started_at", "-pk")


def moves_in(periods: Sequence[PrimaryPeriod], *, since: datetime, until: datetime) -> list[Move]:
    """Of `move_periods`, in their order."""
    return [_move(period, since, until) for period in periods]


def _move(period: PrimaryPeriod, since: datetime, until: datetime) -> Move:
    earlier = period.not_before is not None and period.not_before < since
    from_region: str = getattr(period, "from_region", "")
    return Move(period, from_region, outside=earlier or period.started_at > until)


def by_region(keys: QuerySet[MultiRegionKey], moment: datetime) -> dict[str, int]:
    """How many primaries each Region had; keys whose primary nobody knew then are in none."""
    there = PrimaryPeriod.objects.filter(key__in=keys.order_by(), started_at__lte=moment)
    there = there.filter(Q(ended_at=None) | Q(ended_at__gt=moment)).order_by()
    return dict(there.values_list("region").annotate(Count("pk")))


def first_known(keys: QuerySet[MultiRegionKey]) -> datetime | None:
    """When a primary of any of them was known first: before that there is nothing to tell."""
    periods = PrimaryPeriod.objects.filter(key__in=keys.order_by()).order_by("started_at")
    return periods.values_list("started_at", flat=True).first()


def counts_over(keys: QuerySet[MultiRegionKey], moments: Sequence[datetime]) -> Mapping[str, list[int]]:
    """By Region, as of each of the moments, which must be in order."""
    spans = PrimaryPeriod.objects.filter(key__in=keys.order_by()).order_by()
    grouped = spans.values_list("region", "started_at", "ended_at").annotate(Count("pk"))
    counts: dict[str, list[int]] = defaultdict(lambda: [0] * len(moments))
    for region, start, end, how_many in grouped.iterator():
        for number in _covered(moments, start, end):
            counts[region][number] += how_many
    return counts


def drift_over(keys: QuerySet[MultiRegionKey], moments: Sequence[datetime]) -> list[int]:
    """How many keys were known to drift, as of each of the moments."""
    spans = DriftPeriod.objects.filter(key__in=keys.order_by())
    counts = Counter[int]()
    for start, end in spans.values_list("started_at", "ended_at").iterator():
        counts.update(_covered(moments, start, end))
    return [counts[number] for number in range(len(moments))]


def drift_known_since() -> datetime | None:
    """Earlier drift was not kept; None: none was found yet."""
    return DriftPeriod.objects.order_by("started_at").values_list("started_at", flat=True).first()


def _covered(moments: Sequence[datetime], start: datetime, end: datetime | None) -> Iterator[int]:
    """The numbers of the moments from `start` on and before `end`."""
    last = bisect_left(moments, end) if end else len(moments)
    yield from range(bisect_left(moments, start), last)
