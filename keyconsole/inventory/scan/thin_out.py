"""Lets go of scans that ended long ago; what they found stands in keys, periods and events, and stays."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Exists, OuterRef

from keyconsole.inventory.models import Scan, ScanState

PORTION = 100
_OPEN = (ScanState.WAITING, ScanState.RUNNING)


def thin_out_scans(*, now: datetime) -> int:
    """A portion of them; how many. Of each account the last of each depth and end stays: pages tell it."""
    before = now - timedelta(days=settings.KEYCONSOLE_KEEP_SCANS_DAYS)
    alike = {name: OuterRef(name) for name in ("account", "depth", "state")}
    later = Scan.objects.filter(**alike, pk__gt=OuterRef("pk"))
    old = Scan.objects.filter(Exists(later), finished_at__lt=before).exclude(state__in=_OPEN)
    portion = list(old.order_by("finished_at").values_list("pk", flat=True)[:PORTION])
    if portion:
        Scan.objects.filter(pk__in=portion).delete()
    return len(portion)
