"""Keeping what one look at one Region key gave, outside of a scan: changes look before and after a move."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from keyconsole.inventory.models import MultiRegionKey, RegionKey, Sight
from keyconsole.kms.facts import KeyState, RegionKeyFacts, Role


def store_observation(
    key: MultiRegionKey, region: str, *, facts: RegionKeyFacts | None, sight: Sight, now: datetime
) -> None:
    """Without facts only the sight changes: what was seen earlier stays, as of when it was seen.

    A Region where no key was known, and none is found, stays without a row.
    The key's primary becomes `region` where that says PRIMARY and nothing is under way; the period is not
    touched (`periods.record_primary` does that, once every Region agrees).
    """
    with transaction.atomic():
        if facts:
            RegionKey.objects.get_or_create(key=key, region=region)
        row = RegionKey.objects.filter(key=key, region=region).filter(
            Q(last_look_at=None) | Q(last_look_at__lte=now)
        )
        if facts is None:
            row.update(sight=sight, last_look_at=now)
            return
        row.update(**seen_fields(facts), sight=sight, last_look_at=now, last_seen_at=now)
        row.filter(first_seen_at=None).update(first_seen_at=now)
        MultiRegionKey.objects.filter(pk=key.pk, last_seen_at__lt=now).update(last_seen_at=now)
        if facts.role is Role.PRIMARY and facts.state is not KeyState.UPDATING:
            key.primary_region = region
            MultiRegionKey.objects.filter(pk=key.pk).update(primary_region=region)


def seen_fields(facts: RegionKeyFacts) -> dict[str, object]:
    """The columns of a RegionKey that DescribeKey fills."""
    return {
        "role": facts.role.value,
        "state": facts.state.value,
        # PostgreSQL stores no NUL, and one odd description must not stop a whole Region.
        "description": facts.description.replace("\0", "\N{REPLACEMENT CHARACTER}"),
        "created_at": facts.created_at,
        "deletion_at": facts.deletion_at,
        "pending_window_days": facts.pending_window_days,
    }
