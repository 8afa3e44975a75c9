"""The scans of the demo story: one when an account was added, then weekly, and hourly today."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from keyconsole.audit.events import Event
from keyconsole.audit.log import ITSELF
from keyconsole.aws_accounts.models import AwsAccount
from keyconsole.demo.accounts_and_regions import (
    ACCOUNTS,
    ACQUIRED,
    ARCHIVE,
    PAYMENTS,
    REGIONS,
    RESEARCH,
    StoryAccount,
)
from keyconsole.demo.keys import KEYS
from keyconsole.demo.timeline import Happening, recorded
from keyconsole.inventory.models import Depth, Outcome, RegionScan, Scan, ScanState
from keyconsole.kms.errors import AccessDenied

JOINED_DAYS_AGO = {PAYMENTS: 424.9, RESEARCH: 423.8, ARCHIVE: 415.3, ACQUIRED: 205.4}
LAST_SCAN = timedelta(minutes=25)

_FIRST_AFTER = timedelta(minutes=5)
_LATEST_WEEKLY_DAYS_AGO = 3.3
_HOURLY = 2
_DETAILED_HOURS_AGO = 2
_LOOKS_AFTER = timedelta(seconds=2)
_CALLER = "arn:aws:iam::123456789012:user/desk"


@dataclass(frozen=True, slots=True)
class PastScan:
    account: StoryAccount
    asked_at: datetime
    by: str
    depth: Depth

    @property
    def looked_at(self) -> datetime:
        return self.asked_at + _LOOKS_AFTER

    @property
    def finished_at(self) -> datetime:
        quick = not self.account.can_be_entered or self.depth is Depth.KEYS
        return self.asked_at + timedelta(seconds=3 if quick else 6, milliseconds=len(self.account.name) * 37)


def past_scans(account: StoryAccount, *, now: datetime) -> list[PastScan]:
    """Oldest first."""
    apart = timedelta(seconds=5 * ACCOUNTS.index(account))
    first = now - timedelta(days=JOINED_DAYS_AGO[account]) + _FIRST_AFTER
    scans = [PastScan(account, first, "ada", Depth.DETAILS)]
    weekly = now - timedelta(days=_LATEST_WEEKLY_DAYS_AGO)
    on_the_hour = weekly.replace(minute=0, second=1, microsecond=0)
    weeks = (on_the_hour - first).days // 7
    scans += [
        PastScan(account, on_the_hour - timedelta(weeks=week) + apart, ITSELF, Depth.DETAILS)
        for week in range(weeks, -1, -1)
    ]
    return scans + [
        PastScan(
            account,
            now - LAST_SCAN - timedelta(hours=hours) + apart,
            ITSELF,
            Depth.DETAILS if hours == _DETAILED_HOURS_AGO else Depth.KEYS,
        )
        for hours in range(_HOURLY, -1, -1)
    ]


def entering_problem(account: StoryAccount) -> str:
    """The sentence with which an account that cannot be entered answers; empty for the others."""
    if account.can_be_entered:
        return ""
    return str(
        AccessDenied(
            operation="AssumeRole",
            code="AccessDenied",
            message=f"User: {_CALLER} is not authorized to perform: sts:AssumeRole on resource: "
            f"{account.role_arn} because no identity-based policy allows the sts:AssumeRole action",
        )
    )


def store_scans(scans: list[PastScan], rows: dict[str, AwsAccount], *, now: datetime) -> None:
    stored = Scan.objects.bulk_create(_row(scan, rows[scan.account.name], now=now) for scan in scans)
    RegionScan.objects.bulk_create(
        part
        for scan, row in zip(scans, stored, strict=True)
        if scan.account.can_be_entered
        for part in _parts(scan, row, now=now)
    )


def scan_happenings(scan: PastScan, *, now: datetime) -> Iterator[Happening]:
    about = {"actor": scan.by, "subject": scan.account.account_id, "account_id": scan.account.account_id}
    requested = {"depth": scan.depth.value}
    yield recorded(Event.SCAN_REQUESTED, at=scan.asked_at, data=requested, **about)
    yield recorded(Event.SCAN_FINISHED, at=scan.finished_at, data=_ending(scan, now=now), **about)


def _row(scan: PastScan, account: AwsAccount, *, now: datetime) -> Scan:
    return Scan(
        account=account,
        depth=scan.depth,
        state=_state(scan),
        asked_by=scan.by,
        asked_at=scan.asked_at,
        started_at=scan.asked_at + timedelta(milliseconds=400),
        finished_at=scan.finished_at,
        problem=entering_problem(scan.account),
        calls=_calls(scan, now=now),
        keys_seen=sum(len(_seen_in(scan, region, now=now)) for region in REGIONS),
        version=2 * len(REGIONS),
    )


def _parts(scan: PastScan, row: Scan, *, now: datetime) -> Iterator[RegionScan]:
    for region in sorted(REGIONS):
        outcome = _outcome(scan, region, now=now)
        yield RegionScan(
            scan=row,
            region=region,
            outcome=outcome,
            problem=_region_problem(scan, region) if outcome is Outcome.DENIED else "",
            keys_seen=len(_seen_in(scan, region, now=now)),
            calls=sum(_calls_in(scan, region, now=now).values()),
            started_at=scan.asked_at + timedelta(milliseconds=600),
            finished_at=scan.looked_at,
        )


def _state(scan: PastScan) -> ScanState:
    return ScanState.FINISHED if scan.account.can_be_entered else ScanState.FAILED


def _ending(scan: PastScan, *, now: datetime) -> dict[str, Any]:
    """What the scan itself records when it ends."""
    regions = REGIONS if scan.account.can_be_entered else ()
    outcomes = {region: _outcome(scan, region, now=now) for region in sorted(regions)}
    return {
        "state": _state(scan).value,
        "depth": scan.depth.value,
        "problem": entering_problem(scan.account),
        "outcomes": dict(Counter(outcome.value for outcome in outcomes.values())),
        "not_read": {r: outcome.value for r, outcome in outcomes.items() if outcome is Outcome.DENIED},
        "calls": sum(_calls(scan, now=now).values()),
    }


def _outcome(scan: PastScan, region: str, *, now: datetime) -> Outcome:
    if region in scan.account.denied_regions:
        return Outcome.DENIED
    return Outcome.SEEN if _seen_in(scan, region, now=now) else Outcome.EMPTY


def _region_problem(scan: PastScan, region: str) -> str:
    role = scan.account.role_arn.replace(":iam:", ":sts:").replace(":role/", ":assumed-role/")
    return str(
        AccessDenied(
            operation="ListKeys",
            region=region,
            code="AccessDeniedException",
            message=f"User: {role}/keyconsole-scan is not authorized to perform: kms:ListKeys on resource: * "
            "because no identity-based policy allows the kms:ListKeys action",
        )
    )


@cache
def _ages(account: StoryAccount, region: str) -> list[tuple[int, bool]]:
    """Of each key that can be seen there: its age in days when the story starts, and if it can rotate."""
    if region in account.denied_regions:
        return []
    keys = [key for key in KEYS if key.account == account and region in key.regions]
    return [(key.created_days_ago, not key.imported) for key in keys]


def _seen_in(scan: PastScan, region: str, *, now: datetime) -> list[bool]:
    """For each key that the scan saw there, whether it can rotate."""
    age = (now - scan.looked_at) / timedelta(days=1)
    return [rotates for days, rotates in _ages(scan.account, region) if days >= age]


def _calls(scan: PastScan, *, now: datetime) -> dict[str, int]:
    """As a scan counts them: nothing where it did not get in."""
    if not scan.account.can_be_entered:
        return {}
    total = Counter({"AssumeRole": 1, "GetCallerIdentity": 1})
    for region in REGIONS:
        total += _calls_in(scan, region, now=now)
    return dict(total)


def _calls_in(scan: PastScan, region: str, *, now: datetime) -> Counter[str]:
    if region in scan.account.denied_regions:
        return Counter({"ListKeys": 1})
    seen = _seen_in(scan, region, now=now)
    calls = Counter({"ListKeys": 1, "ListAliases": 1, "DescribeKey": len(seen)})
    if scan.depth is Depth.DETAILS:
        calls.update(GetKeyPolicy=len(seen), ListResourceTags=len(seen), GetKeyRotationStatus=sum(seen))
    return calls
