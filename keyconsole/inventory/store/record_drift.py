"""Which keys drift, kept over time: from when to when a replica was not as its primary. Scans write it."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Count, Q

from keyconsole.aws_accounts.models import AwsAccount
from keyconsole.inventory.drift import drifting
from keyconsole.inventory.models import DriftPeriod, MultiRegionKey, RegionKey, Sight

_AT_ONCE = 500


def record_drift(account: AwsAccount, *, now: datetime) -> None:
    """After a whole scan. Where one cannot tell, drift that was found earlier is not said to be over."""
    drift = {found.key.pk for found in drifting(MultiRegionKey.objects.filter(account=account))}
    open_ones = dict(
        DriftPeriod.objects.filter(key__account=account, ended_at=None).values_list("key_id", "pk")
    )
    over = open_ones.keys() - drift
    over -= _cannot_tell(account) if over else set()
    ended = [open_ones[key_id] for key_id in sorted(over)]
    for start in range(0, len(ended), _AT_ONCE):
        DriftPeriod.objects.filter(pk__in=ended[start : start + _AT_ONCE]).update(ended_at=now)
    begun = sorted(drift - open_ones.keys())
    DriftPeriod.objects.bulk_create(DriftPeriod(key_id=key_id, started_at=now) for key_id in begun)


def _cannot_tell(account: AwsAccount) -> set[int]:
    """Some Region could not be seen, or none or two call themselves primary: a move is under way."""
    members = RegionKey.objects.filter(key__account=account).order_by()
    unseen = members.exclude(sight__in=[Sight.SEEN.value, Sight.GONE.value])
    primaries = Count("pk", filter=Q(role="PRIMARY", sight=Sight.SEEN.value))
    unclear = members.values("key_id").annotate(primaries=primaries).exclude(primaries=1)
    return {*unseen.values_list("key_id", flat=True), *unclear.values_list("key_id", flat=True)}
