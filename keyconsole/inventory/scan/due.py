"""Which AWS accounts are due for a scan: those whose last one is too old."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Max, Q, QuerySet

from keyconsole.audit.log import ITSELF
from keyconsole.aws_accounts.models import AwsAccount
from keyconsole.inventory.models import Depth, Scan
from keyconsole.inventory.scan.run import OPEN_STATES, request_scan


def request_due_scans(now: datetime) -> list[Scan]:
    """Ask for a scan of each account whose last one is too old; deep where the last deep one is."""
    if not settings.KEYCONSOLE_SCAN_EVERY_MINUTES:
        return []
    deep = {account.pk for account in _due_for_details(now)}
    due = [*_due(now, timedelta(minutes=settings.KEYCONSOLE_SCAN_EVERY_MINUTES), Q())]
    return [
        request_scan(account, by=ITSELF, depth=Depth.DETAILS if account.pk in deep else Depth.KEYS, now=now)
        for account in due
    ]


def _due_for_details(now: datetime) -> QuerySet[AwsAccount]:
    if not settings.KEYCONSOLE_DETAILS_EVERY_HOURS:
        return AwsAccount.objects.none()
    every = timedelta(hours=settings.KEYCONSOLE_DETAILS_EVERY_HOURS)
    return _due(now, every, Q(scans__depth=Depth.DETAILS))


def _due(now: datetime, every: timedelta, which: Q) -> QuerySet[AwsAccount]:
    """Those with no open scan whose last such scan was asked for longer ago, or never; none being set up."""
    last = AwsAccount.objects.annotate(last=Max("scans__asked_at", filter=which or None))
    return (
        last.filter(Q(last=None) | Q(last__lte=now - every))
        .exclude(scans__state__in=OPEN_STATES)
        .exclude(being_set_up=True)
        .order_by("last", "name")
    )
