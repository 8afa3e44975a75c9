"""Reading one account with a few threads. They only ask AWS; what they learn goes into one queue of reports.

No thread here touches the database: whoever empties the queue does, alone.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime
from queue import SimpleQueue
from threading import Event

from django.conf import settings

from keyconsole.aws_accounts.connect import enter
from keyconsole.aws_accounts.models import AwsAccount
from keyconsole.inventory.models import Depth, Outcome, Scan
from keyconsole.inventory.observation import RegionObservation
from keyconsole.inventory.scan.fetch_region import fetch_region
from keyconsole.inventory.scan.rate_limit import Pace
from keyconsole.inventory.scan.read_organization import (
    OrganizationRead,
    OrganizationUnread,
    read_organization,
)
from keyconsole.kms.errors import AccessDenied, KmsError
from keyconsole.kms.sessions import AccountSession

logger = logging.getLogger(__name__)

# The whole organisation shares one small quota for asking about it.
ORGANIZATION_CALLS_PER_SECOND = 4.0


@dataclass(frozen=True, slots=True)
class Refused:
    """The account could not be entered, or its Regions could not be told."""

    problem: str


@dataclass(frozen=True, slots=True)
class Entered:
    regions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Began:
    region: str


Report = Refused | Entered | Began | RegionObservation | OrganizationRead | OrganizationUnread
Reports = SimpleQueue[tuple[int, Report]]


class Reader:
    """Reports by the scan's primary key: Refused, or Entered and then one look for each Region."""

    def __init__(self, scan: Scan, reports: Reports, *, clock: Callable[[], datetime]) -> None:
        self._scan = scan
        self._reports = reports
        self._clock = clock
        self._session: AccountSession | None = None
        self._stopped = Event()
        self._pool = ThreadPoolExecutor(
            max_workers=settings.KEYCONSOLE_SCAN_REGIONS_AT_ONCE, thread_name_prefix=f"scan-{scan.pk}"
        )

    def start(self) -> None:
        self._pool.submit(self._enter)

    def stop(self) -> None:
        """Ask nothing more; the one call that each thread may be in is waited for."""
        self._stopped.set()
        self._pool.shutdown(cancel_futures=True)
        if self._session:
            self._session.close()

    def calls(self) -> dict[str, int]:
        return self._session.calls.by_operation() if self._session else {}

    def _report(self, report: Report) -> None:
        self._reports.put((self._scan.pk, report))

    def _enter(self) -> None:
        try:
            self._session = session = enter(
                self._scan.account, session_name=f"keyconsole-scan-{self._scan.pk}"
            )
            regions = _regions_of(self._scan.account, session)
        except KmsError as error:
            self._report(Refused(str(error)))
        except Exception:
            logger.exception("Scan %s could not begin.", self._scan.pk)
            self._report(Refused("An unexpected error stopped the scan; the worker's log has it."))
        else:
            self._report(Entered(regions))
            if self._scan.account.reads_organization:
                self._pool.submit(self._read_organization, session)
            for region in regions:
                self._pool.submit(self._read, session, region)

    def _read(self, session: AccountSession, region: str) -> None:
        self._report(Began(region))
        started_at, calls_before = self._clock(), _calls_in(region, session)
        try:
            look = self._look(session, region)
        except Exception:
            logger.exception("Scan %s could not read %s.", self._scan.pk, region)
            problem = "An unexpected error; the worker's log has it."
            look = RegionObservation(region, Outcome.FAILED, started_at, self._clock(), problem)
        self._report(replace(look, calls=_calls_in(region, session) - calls_before))

    def _read_organization(self, session: AccountSession) -> None:
        try:
            read = read_organization(session.organization(), pace=self._pace(ORGANIZATION_CALLS_PER_SECOND))
        except Exception:
            logger.exception("Scan %s could not read the organisation.", self._scan.pk)
            read = OrganizationUnread("An unexpected error; the worker's log has it.")
        self._report(read)

    def _look(self, session: AccountSession, region: str) -> RegionObservation:
        pace, depth = self._pace(settings.KEYCONSOLE_SCAN_CALLS_PER_SECOND), Depth(self._scan.depth)
        return fetch_region(session.kms(region), depth=depth, pace=pace, clock=self._clock)

    def _pace(self, calls_per_second: float) -> Pace:
        return Pace(calls_per_second=calls_per_second, sleep=self._stopped.wait, stopped=self._stopped.is_set)


def _calls_in(region: str, session: AccountSession) -> int:
    return sum(number for (_, where), number in session.calls.snapshot().items() if where == region)


def _regions_of(account: AwsAccount, session: AccountSession) -> tuple[str, ...]:
    if account.regions:
        return tuple(account.regions)
    try:
        return session.enabled_regions()
    except AccessDenied as error:
        error.message += ". Name the Regions to look in on the account, or allow ec2:DescribeRegions"
        raise
