"""The sweep's part in scans: those whose worker died are closed, those that are due are asked for."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Max, Q, QuerySet

from keyconsole.audit import log
from keyconsole.audit.events import Event
from keyconsole.audit.log import ITSELF
from keyconsole.aws_accounts.models import AwsAccount
from keyconsole.inventory.models import Depth, Outcome, RegionScan, Scan, ScanState
from keyconsole.inventory.scan.run import OPEN_STATES, request_scan
from keyconsole.inventory.tasks import scan_account

LOST_AFTER = timedelta(minutes=2)
ASK_AGAIN_AFTER = timedelta(minutes=10)


def enqueue_due_scans(now: datetime) -> list[Scan]:
    """Ask for a scan of each account whose last one is too old; deep where the last deep one is."""
    _ask_again(now)
    if not settings.KEYCONSOLE_SCAN_EVERY_MINUTES:
        return []
    deep = {account.pk for account in _due_for_details(now)}
    due = [*_due(now, timedelta(minutes=settings.KEYCONSOLE_SCAN_EVERY_MINUTES), Q())]
    return [
        request_scan(account, by=ITSELF, depth=Depth.DETAILS if account.pk in deep else Depth.KEYS, now=now)
        for account in due
    ]


def mark_lost_scans(now: datetime) -> list[Scan]:
    """Close the running scans that have not been heard of; what they stored stays."""
    silent = Scan.objects.filter(state=ScanState.RUNNING, heartbeat_at__lt=now - LOST_AFTER)
    return [scan for scan in silent.select_related("account") if _mark_lost(scan, now=now)]


def _ask_again(now: datetime) -> None:
    """A scan that waited so long may have lost its task. It cannot run twice, so another is enqueued."""
    forgotten = Scan.objects.filter(state=ScanState.WAITING, heartbeat_at__lt=now - ASK_AGAIN_AFTER)
    for scan in forgotten:
        with transaction.atomic():
            if forgotten.filter(pk=scan.pk).update(heartbeat_at=now):
                scan_account.enqueue(scan.pk)


def _due_for_details(now: datetime) -> QuerySet[AwsAccount]:
    if not settings.KEYCONSOLE_DETAILS_EVERY_HOURS:
        return AwsAccount.objects.none()
    every = timedelta(hours=settings.KEYCONSOLE_DETAILS_EVERY_HOURS)
    return _due(now, every, Q(scans__depth=Depth.DETAILS))


def _due(now: datetime, every: timedelta, which: Q) -> QuerySet[AwsAccount]:
    """Accounts without an open scan whose last such scan was asked for longer ago, or never."""
    last = AwsAccount.objects.annotate(last=Max("scans__asked_at", filter=which or None))
    return (
        last.filter(Q(last=None) | Q(last__lte=now - every))
        .exclude(scans__state__in=OPEN_STATES)
        .order_by("last", "name")
    )


def _mark_lost(scan: Scan, *, now: datetime) -> bool:
    problem = "The worker that ran it was not heard of again. What it had stored stays."
    with transaction.atomic():
        running = Scan.objects.filter(pk=scan.pk, state=ScanState.RUNNING, heartbeat_at=scan.heartbeat_at)
        if not running.update(
            state=ScanState.LOST, finished_at=now, problem=problem, version=scan.version + 1
        ):
            return False
        RegionScan.objects.filter(scan=scan, outcome__in=[Outcome.WAITING, Outcome.RUNNING]).update(
            outcome=Outcome.FAILED, problem="The scan's worker was lost before it had read this Region."
        )
        log.record(
            Event.SCAN_FINISHED,
            actor=ITSELF,
            subject=scan.account.account_id,
            account_id=scan.account.account_id,
            now=now,
            data={"state": ScanState.LOST.value, "problem": problem},
        )
    scan.refresh_from_db()
    return True
