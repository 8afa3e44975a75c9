"""Scans: asking for one, and running them. Threads ask AWS (`reading`); this one thread stores.

Each Region is stored as it comes in. Whatever one Region or one account does, the others go on.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from datetime import datetime
from queue import Empty

from django.db import IntegrityError, transaction
from django.utils import timezone

from keyconsole.audit import log
from keyconsole.audit.events import Event
from keyconsole.aws_accounts.models import AwsAccount
from keyconsole.inventory.models import Depth, Scan, ScanState
from keyconsole.inventory.scan.account_run import AccountRun
from keyconsole.inventory.scan.lost import close_lost
from keyconsole.inventory.scan.reader import Report, Reports
from keyconsole.inventory.store.store_region import LEASE
from keyconsole.lease import give_back, take

ACCOUNTS_AT_ONCE = 4
BEAT_SECONDS = 15.0
OPEN_STATES = (ScanState.WAITING, ScanState.RUNNING)

Clock = Callable[[], datetime]
Watch = Callable[[Scan, Report], None]


def request_scan(account: AwsAccount, *, by: str, now: datetime, depth: Depth = Depth.KEYS) -> Scan:
    """Let a worker scan the account. One that is open already is given back; one that waits becomes as deep
    as asked.
    """
    try:
        with transaction.atomic():
            scan = Scan.objects.create(account=account, depth=depth, asked_by=by, asked_at=now, due_at=now)
            log.record(
                Event.SCAN_REQUESTED,
                actor=by,
                subject=account.account_id,
                account_id=account.account_id,
                now=now,
                data={"depth": depth.value},
            )
    except IntegrityError:
        Scan.objects.filter(account=account, state=ScanState.WAITING).exclude(depth=Depth.DETAILS).update(
            depth=depth
        )
        return Scan.objects.filter(account=account).latest("asked_at")
    return scan


def step(scan: Scan, *, clock: Clock) -> None:
    """What a worker does for a scan that is due: run it, or close it where its worker was lost."""
    if scan.state == ScanState.WAITING:
        run_scans([scan], clock=clock)
    elif scan.state == ScanState.RUNNING:
        close_lost(scan, now=clock())
    elif take(scan, now=clock(), lasts=LEASE):
        give_back(scan, due_at=None)


def run_scans(
    scans: Iterable[Scan],
    *,
    clock: Clock = timezone.now,
    watch: Watch = lambda _scan, _report: None,
) -> None:
    """Run those that still wait; a scan that another worker has is left to it."""
    waiting, reports = deque(scans), Reports()
    runs: dict[int, AccountRun] = {}
    try:
        while waiting or runs:
            while waiting and len(runs) < ACCOUNTS_AT_ONCE:
                scan = waiting.popleft()
                if run := AccountRun.claim(scan, reports, clock=clock):
                    runs[scan.pk] = run
            if runs:
                _take_report(runs, reports, watch)
            for pk in [pk for pk, run in runs.items() if run.is_over]:
                runs.pop(pk).stop()
    finally:
        for run in runs.values():
            run.stop()
            run.give_up("The scan was interrupted. What it had stored stays.")


def _take_report(runs: dict[int, AccountRun], reports: Reports, watch: Watch) -> None:
    try:
        pk, report = reports.get(timeout=BEAT_SECONDS)
    except Empty:
        for run in runs.values():
            run.take(None)
        return
    # A run that ended early may still have reports on their way.
    if run_of_report := runs.get(pk):
        run_of_report.take(report)
        watch(run_of_report.scan, report)
