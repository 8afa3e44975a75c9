"""One account's scan while it runs: takes what its reader reports and stores it."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import Any, Self

from django.db import DatabaseError, transaction

from keyconsole.audit import log
from keyconsole.audit.events import Event
from keyconsole.aws_accounts.models import AwsAccount
from keyconsole.inventory.models import Outcome, RegionScan, Scan, ScanState
from keyconsole.inventory.observation import RegionObservation
from keyconsole.inventory.scan.read_organization import OrganizationRead, OrganizationUnread
from keyconsole.inventory.scan.reader import Began, Entered, Reader, Refused, Report, Reports
from keyconsole.inventory.store.conclude import conclude
from keyconsole.inventory.store.known import Picture
from keyconsole.inventory.store.store_region import LEASE, ScanTaken, beat, store_region
from keyconsole.inventory.store.units import store_units, store_unread
from keyconsole.lease import take

logger = logging.getLogger(__name__)

_ORGANIZATION = "organization"


class AccountRun:
    def __init__(self, scan: Scan, reader: Reader, *, clock: Callable[[], datetime]) -> None:
        self.scan = scan
        self.is_over = False
        self._reader = reader
        self._clock = clock
        self._picture = Picture.of(scan.account)
        self._to_come: set[str] = set()  # Regions, and the organisation

    @classmethod
    def claim(cls, scan: Scan, reports: Reports, *, clock: Callable[[], datetime]) -> Self | None:
        """Begin a scan that waits; None where another worker was quicker."""
        now = clock()
        begun = {"state": ScanState.RUNNING, "started_at": now}
        if scan.state != ScanState.WAITING or not take(scan, now=now, lasts=LEASE, **begun):
            return None
        # As it is now: it may have become deeper since it was read.
        held, scan = scan.held, Scan.objects.select_related("account").get(pk=scan.pk)
        scan.held = held
        run = cls(scan, Reader(scan, reports, clock=clock), clock=clock)
        run._reader.start()
        return run

    def take(self, report: Report | None) -> None:
        """Store what came; None: nothing came for a while, the scan is alive."""
        try:
            self._take(report)
        except ScanTaken:
            logger.warning("Scan %s was taken over; it ends here.", self.scan.pk)
            self.is_over = True
        except Exception:
            # The scans of other accounts share this thread; they go on.
            logger.exception("Scan %s could not store what it saw.", self.scan.pk)
            self.give_up("An unexpected error stopped the scan; the worker's log has it.")

    def give_up(self, problem: str) -> None:
        self.is_over = True
        # Where even this cannot be stored, the sweep finds the scan silent and closes it.
        with suppress(ScanTaken, DatabaseError):
            self._finish(ScanState.FAILED, problem=problem)

    def stop(self) -> None:
        self._reader.stop()

    def _take(self, report: Report | None) -> None:
        now = self._clock()
        match report:
            case None:
                beat(self.scan, now=now)
            case Refused(problem):
                self._finish(ScanState.FAILED, problem=problem)
            case Entered(regions):
                self._expect(regions, now=now)
            case Began(region):
                self._begin(region, now=now)
            case RegionObservation():
                store_region(self.scan, report, picture=self._picture, now=now)
                self._came(report.region)
            case OrganizationRead(units):
                beat(self.scan, now=now)
                store_units(units, reader=self.scan.account, now=now)
                self._came(_ORGANIZATION)
            case OrganizationUnread(problem):
                beat(self.scan, now=now)
                store_unread(problem, reader=self.scan.account)
                self._came(_ORGANIZATION)

    def _came(self, what: str) -> None:
        self._to_come.discard(what)
        if not self._to_come:
            conclude(self._picture, now=self._clock())
            self._finish(ScanState.FINISHED)

    def _expect(self, regions: tuple[str, ...], *, now: datetime) -> None:
        if not regions:
            self._finish(ScanState.FAILED, problem="The account has no Region with KMS to look in.")
            return
        with transaction.atomic():
            beat(self.scan, now=now)
            # Whoever scanned it by hand need not test it first.
            AwsAccount.objects.filter(pk=self.scan.account_id, being_set_up=True).update(being_set_up=False)
            RegionScan.objects.bulk_create(RegionScan(scan=self.scan, region=region) for region in regions)
        self._to_come = set(regions) | ({_ORGANIZATION} if self.scan.account.reads_organization else set())

    def _begin(self, region: str, *, now: datetime) -> None:
        with transaction.atomic():
            beat(self.scan, now=now)
            RegionScan.objects.filter(scan=self.scan, region=region).update(
                outcome=Outcome.RUNNING, started_at=now
            )

    def _finish(self, state: ScanState, *, problem: str = "") -> None:
        now, calls = self._clock(), self._reader.calls()
        with transaction.atomic():
            beat(self.scan, now=now, state=state, finished_at=now, problem=problem, calls=calls, ends=True)
            log.record(
                Event.SCAN_FINISHED,
                actor=self.scan.asked_by,
                subject=self.scan.account.account_id,
                account_id=self.scan.account.account_id,
                now=now,
                data=self._ending(state, problem, calls),
            )
        self.is_over = True

    def _ending(self, state: ScanState, problem: str, calls: dict[str, int]) -> dict[str, Any]:
        parts = RegionScan.objects.filter(scan=self.scan).values_list("outcome", "region")
        outcomes = Counter(outcome for outcome, _ in parts)
        unread = {Outcome.DENIED, Outcome.UNREACHABLE, Outcome.PARTIAL, Outcome.FAILED}
        return {
            "state": state.value,
            "depth": self.scan.depth,
            "problem": problem,
            "outcomes": dict(outcomes),
            "not_read": {region: outcome for outcome, region in parts if outcome in unread},
            "calls": sum(calls.values()),
        }
