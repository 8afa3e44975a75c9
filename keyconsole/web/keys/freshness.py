"""How old what we know is: when an account is stale, and one short text that changes when a list does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Count, Max, Q, QuerySet, Sum

from keyconsole.aws_accounts.models import AwsAccount
from keyconsole.changes.models import Change
from keyconsole.inventory.models import Scan, ScanState

_OPEN_SCANS = [ScanState.WAITING.value, ScanState.RUNNING.value]
_SHORTEST = timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class StaleAccount:
    account: AwsAccount
    scanned_at: datetime | None
    problem: str


def stale_after() -> timedelta:
    """Two missed scans, and never less than two hours."""
    return max(_SHORTEST, 2 * timedelta(minutes=settings.KEYCONSOLE_SCAN_EVERY_MINUTES))


def stale_accounts(accounts: QuerySet[AwsAccount], *, now: datetime) -> list[StaleAccount]:
    """Accounts without a good scan for too long, the oldest first, with what their last scan said."""
    limit = now - stale_after()
    scanned = accounts.annotate(
        scanned_at=Max("scans__finished_at", filter=Q(scans__state=ScanState.FINISHED.value))
    )
    stale = list(scanned.filter(Q(scanned_at=None) | Q(scanned_at__lt=limit)))
    problems = _last_problems(stale)
    found = [StaleAccount(account, account.scanned_at, problems.get(account.pk, "")) for account in stale]
    return sorted(found, key=lambda one: (one.scanned_at is not None, one.scanned_at))


def inventory_version(accounts: QuerySet[AwsAccount], *, now: datetime) -> str:
    """Grows with every scan and change, and each minute, since ages stand in the lists."""
    scans = Scan.objects.filter(account__in=accounts).aggregate(
        last=Max("pk"), finished=Max("finished_at"), progress=Sum("version", filter=Q(state__in=_OPEN_SCANS))
    )
    changes = Change.objects.visible_in(accounts).aggregate(count=Count("pk"), versions=Sum("version"))
    finished = scans["finished"].timestamp() if scans["finished"] else 0
    parts = (scans["last"] or 0, int(finished), scans["progress"] or 0, changes["count"], changes["versions"])
    return ".".join(str(part or 0) for part in parts) + f".{now:%H%M}"


def _last_problems(stale: Sequence[AwsAccount]) -> dict[int, str]:
    latest = (
        Scan.objects.filter(account__in=stale).values("account").annotate(latest=Max("pk")).values("latest")
    )
    return dict(Scan.objects.filter(pk__in=latest).values_list("account_id", "problem"))
