"""Which Region was primary when: opening and closing periods, and asking about a moment.

Scans and changes of ours both come here; nothing else writes a period.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from keyconsole.inventory.models import Cause, MultiRegionKey, PrimaryPeriod


@dataclass(frozen=True, slots=True)
class PrimaryAt:
    """`or_region`: the move happened between two looks around that moment; it may already have been there."""

    region: str
    period: PrimaryPeriod
    or_region: str = ""


def record_primary(
    key: MultiRegionKey,
    *,
    region: str,
    at: datetime,
    cause: Cause,
    change_ref: str = "",
    sent_at: datetime | None = None,
) -> PrimaryPeriod:
    """The primary was seen in `region` at `at`: confirm the open period, or close it and open the next.

    A scan may see our own move before the change does: with `sent_at`, a period that a scan opened since
    then becomes the change's.
    """
    with transaction.atomic():
        current = PrimaryPeriod.objects.select_for_update().filter(key=key, ended_at=None).first()
        if current and current.region == region:
            _confirm(current, at=at, cause=cause, change_ref=change_ref, sent_at=sent_at)
            period = current
        else:
            period = _open_next(key, current, region=region, at=at, cause=cause, change_ref=change_ref)
        MultiRegionKey.objects.filter(pk=key.pk).exclude(primary_region=region).update(primary_region=region)
    key.primary_region = region
    return period


def primaries_at(keys: QuerySet[MultiRegionKey], moment: datetime) -> dict[int, PrimaryAt]:
    """By the key's primary key in our database; without those that nobody had looked at yet. One query."""
    around = PrimaryPeriod.objects.filter(key__in=keys).filter(
        Q(started_at__lte=moment) & (Q(ended_at=None) | Q(ended_at__gt=moment))
        | Q(not_before__lt=moment, started_at__gt=moment)
    )
    return _answers(around.order_by("started_at"), moment)


def _answers(periods: Iterable[PrimaryPeriod], moment: datetime) -> dict[int, PrimaryAt]:
    answers: dict[int, PrimaryAt] = {}
    for period in periods:
        if period.started_at <= moment:
            answers[period.key_id] = PrimaryAt(period.region, period)
        elif period.key_id in answers:
            before = answers[period.key_id]
            answers[period.key_id] = PrimaryAt(before.region, before.period, or_region=period.region)
    return answers


def _confirm(
    period: PrimaryPeriod, *, at: datetime, cause: Cause, change_ref: str, sent_at: datetime | None
) -> None:
    period.confirmed_at = max(at, period.confirmed_at or at)
    seen_by_scan = period.cause == Cause.OUT_OF_BAND and sent_at is not None and period.started_at >= sent_at
    if cause == Cause.CHANGE and seen_by_scan:
        period.cause, period.change_ref, period.not_before = cause, change_ref, None
    period.save(update_fields=["confirmed_at", "cause", "change_ref", "not_before"])


def _open_next(
    key: MultiRegionKey,
    current: PrimaryPeriod | None,
    *,
    region: str,
    at: datetime,
    cause: Cause,
    change_ref: str,
) -> PrimaryPeriod:
    not_before = None
    if current:
        at = max(at, current.started_at)
        current.ended_at = at
        current.save(update_fields=["ended_at"])
        not_before = current.confirmed_at if cause == Cause.OUT_OF_BAND else None
    return PrimaryPeriod.objects.create(
        key=key,
        region=region,
        started_at=at,
        not_before=not_before,
        confirmed_at=at,
        cause=cause,
        change_ref=change_ref,
    )
