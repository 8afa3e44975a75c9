"""`manage.py scan [ACCOUNT…] [--json] [--details]`: scans here and now, in the foreground.

Ends with 0 where every account was entered, 1 where one was not, 2 where one is not known.
"""

from __future__ import annotations

import json
import sys
import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from keyconsole.aws_accounts.models import AwsAccount
from keyconsole.aws_accounts.terminal import account_called
from keyconsole.inventory.models import Depth, Scan, ScanState
from keyconsole.inventory.observation import RegionObservation
from keyconsole.inventory.scan.lost import close_all_lost
from keyconsole.inventory.scan.reader import Entered, Report
from keyconsole.inventory.scan.report import as_table, as_values
from keyconsole.inventory.scan.run import OPEN_STATES, request_scan, run_scans
from keyconsole.terminal import who_types

POLL_SECONDS = 0.5


class Command(BaseCommand):
    help = "Look for multi-Region keys in AWS accounts (all of them unless some are named)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("accounts", nargs="*", metavar="ACCOUNT", help="numbers or names")
        parser.add_argument("--json", action="store_true", help="print values for programs")
        parser.add_argument("--details", action="store_true", help="also read policies, tags and rotation")

    def handle(self, *_: object, accounts: list[str], json: bool, details: bool, **__: Any) -> None:
        named = list(dict.fromkeys(account_called(text) for text in accounts))
        wanted = named or list(AwsAccount.objects.all())
        if not wanted:
            raise CommandError("There is no account yet. `manage.py add_account` adds one.", returncode=2)
        scans = self._scan(wanted, Depth.DETAILS if details else Depth.KEYS)
        self.stdout.write(_as_json(scans) if json else as_table(scans))
        unread = [scan.account.name for scan in scans if scan.state != ScanState.FINISHED]
        if unread:
            raise CommandError(f"Not scanned: {', '.join(unread)}.", returncode=1)

    def _scan(self, accounts: list[AwsAccount], depth: Depth) -> list[Scan]:
        now, by = timezone.now(), who_types()
        # A scan whose process died here must not stand in the way of this one.
        close_all_lost(now)
        scans = [request_scan(account, by=by, now=now, depth=depth) for account in accounts]
        run_scans(scans, watch=self._tell)
        self._wait_for_others(scans)
        told = Scan.objects.select_related("account").prefetch_related("region_scans")
        return list(told.filter(pk__in=[scan.pk for scan in scans]).order_by("account__name"))

    def _wait_for_others(self, scans: list[Scan]) -> None:
        """A worker may have taken one first: it ends there, or is lost when its lease is over."""
        mine = Scan.objects.filter(pk__in=[scan.pk for scan in scans], state__in=OPEN_STATES)
        while open_scans := list(mine.select_related("account")):
            if sys.stderr.isatty():
                names = ", ".join(scan.account.name for scan in open_scans)
                self.stderr.write(f"A worker has the scan of {names}; waiting for it.")
            time.sleep(POLL_SECONDS)
            close_all_lost(timezone.now())

    def _tell(self, scan: Scan, report: Report) -> None:
        """Progress, for a person who waits; not in a pipe or a log."""
        if not sys.stderr.isatty():
            return
        match report:
            case Entered(regions):
                self.stderr.write(f"{scan.account.name}: {len(regions)} Regions")
            case RegionObservation(region=region, outcome=outcome, seen=seen):
                self.stderr.write(f"{scan.account.name} {region}: {outcome.value}, {len(seen)} keys")


def _as_json(scans: list[Scan]) -> str:
    return json.dumps([as_values(scan) for scan in scans], indent=2)
