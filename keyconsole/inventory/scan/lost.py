"""Closes scans whose worker died: nothing was heard of them until their lease was over."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from keyconsole.audit import log
from keyconsole.audit.events import Event
from keyconsole.audit.log import ITSELF
from keyconsole.inventory.models import Outcome, RegionScan, Scan, ScanState

PROBLEM = "The worker that ran it was not heard of again. What it had stored stays."


def close_all_lost(now: datetime) -> list[Scan]:
    silent = Scan.objects.filter(state=ScanState.RUNNING, due_at__lt=now)
    return [scan for scan in silent.select_related("account") if close_lost(scan, now=now)]


def close_lost(scan: Scan, *, now: datetime) -> bool:
    """False where it was heard of after all, or somebody else closed it."""
    with transaction.atomic():
        running = Scan.objects.filter(pk=scan.pk, state=ScanState.RUNNING, due_at=scan.due_at, due_at__lt=now)
        closed = running.update(
            state=ScanState.LOST,
            finished_at=now,
            problem=PROBLEM,
            version=scan.version + 1,
            due_at=None,
            lease="",
        )
        if not closed:
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
            data={"state": ScanState.LOST.value, "problem": PROBLEM},
        )
    scan.refresh_from_db()
    return True
