"""Primaries by Region and drift over time, as the chart wants them, and when scans looked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from django.db.models import QuerySet
from django.db.models.functions import TruncDay, TruncHour, TruncMinute

from keyconsole.audit.events import Event
from keyconsole.audit.models import Entry
from keyconsole.inventory.history import counts_over, drift_known_since, drift_over, first_known
from keyconsole.inventory.models import MultiRegionKey
from keyconsole.web.pictures.history import History, Series, history

STEPS = 36
LANES_AT_MOST = 10
_LEAST = timedelta(hours=2)
# The database tells scans apart by the largest of these that is no longer than a step: a year is 365 rows.
_UNITS = (
    (timedelta(days=1), TruncDay),
    (timedelta(hours=1), TruncHour),
    (timedelta(minutes=1), TruncMinute),
)


def history_of(keys: QuerySet[MultiRegionKey], *, now: datetime) -> History | None:
    """None where no primary was ever known."""
    first = first_known(keys)
    if first is None:
        return None
    start = min(first, now - _LEAST)
    step = (now - start) / STEPS
    moments = [*(start + step * number for number in range(1, STEPS)), now]
    counts = counts_over(keys, moments)
    drift = Series("drift", tuple(drift_over(keys, moments)), known_from=drift_known_since())
    looked = _looked(keys, start, now, step)
    return history(_lanes(counts), drift, looked=looked, moments=moments, start=start, end=now)


def _lanes(counts: Mapping[str, list[int]]) -> list[Series]:
    series = [Series(region, tuple(values)) for region, values in counts.items()]
    series.sort(key=lambda one: (-one.values[-1], -max(one.values), one.name))
    shown, rest = series[:LANES_AT_MOST], series[LANES_AT_MOST:]
    if rest:
        summed = tuple(sum(values) for values in zip(*(one.values for one in rest), strict=True))
        shown.append(Series(f"{len(rest)} more", summed))
    return shown


def _looked(
    keys: QuerySet[MultiRegionKey], start: datetime, end: datetime, step: timedelta
) -> Sequence[bool]:
    """For each step, whether a scan of one of these accounts ended in it. In doubt of two, both."""
    accounts = keys.order_by().values("account__account_id")
    scans = Entry.objects.filter(event=Event.SCAN_FINISHED.value, account_id__in=accounts)
    scans = scans.filter(at__gte=start, at__lte=end, data__state="finished").order_by()
    unit, trunc = next((each for each in _UNITS if each[0] <= step), _UNITS[-1])
    seen: set[int] = set()
    for began in scans.annotate(part=trunc("at", tzinfo=UTC)).values_list("part", flat=True).distinct():
        first = max(int((began - start) / step), 0)
        last = int((began + unit - start) / step)
        seen.update(range(first, min(last, STEPS - 1) + 1))
    return [number in seen for number in range(STEPS)]
