"""What the pages of AWS accounts show: how each is entered, and what its latest scans found by Region.

Reads the database only. Never shows a secret: there is none to show.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256

from django.db.models import OuterRef, Subquery

from keyconsole.aws_accounts.models import AwsAccount
from keyconsole.aws_accounts.page_choices import Origin
from keyconsole.inventory.models import RegionScan, Scan, ScanState
from keyconsole.web.accounts.scan_view import ScanView, Trouble
from keyconsole.web.accounts.state import State, state_of

_WHERE = {Origin.TERMINAL: "at the server's terminal", Origin.PAGE: "on a page"}
_OPEN = [ScanState.WAITING, ScanState.RUNNING]


@dataclass(frozen=True, slots=True)
class RegionRow:
    """One Region now and, while a scan is under way, what the last one found there."""

    now: RegionScan
    before: RegionScan | None


@dataclass(frozen=True, slots=True)
class AccountView:
    account: AwsAccount
    under_way: ScanView | None = None
    last: ScanView | None = None
    credential_source: tuple[tuple[str, str], ...] = field(default_factory=tuple)

    @property
    def role_name(self) -> str:
        return self.account.role_arn.rpartition("/")[2]

    @property
    def short_source(self) -> str:
        """For the list: where the credentials come from that assume the role."""
        return _short_source(self.account)

    @property
    def state(self) -> State:
        return state_of(self.account, under_way=self.under_way, last=self.last)

    @property
    def troubles(self) -> tuple[Trouble, ...]:
        return self.last.troubles if self.last else ()

    @property
    def rows(self) -> list[RegionRow]:
        before = {part.region: part for part in self.last.regions} if self.last else {}
        if self.under_way:
            return [RegionRow(part, before.get(part.region)) for part in self.under_way.regions]
        return [RegionRow(part, None) for part in before.values()]

    @property
    def waits(self) -> bool:
        """True while something comes by itself: a scan, or the answer of a connection test."""
        return self.under_way is not None or self.account.tested_at is None

    def version(self, *, now: datetime) -> str:
        """The minute is part of it, since ages stand on the page."""
        scans = [
            f"{view.scan.pk}-{view.scan.version}-{view.scan.state}"
            for view in (self.under_way, self.last)
            if view
        ]
        tested = self.account.tested_at.timestamp() if self.account.tested_at else 0
        read = [self.account.unit_read_at, self.account.organization_read_at]
        units = [f"{at.timestamp():.0f}" for at in read if at] + [
            "!" * bool(self.account.organization_problem)
        ]
        marks = [*scans, "s" * self.account.being_set_up, "d" * (self.account.due_at is not None)]
        return ".".join([*marks, f"{tested:.0f}", *units, f"{now:%H%M}"])


def account_views(accounts: Sequence[AwsAccount]) -> list[AccountView]:
    """Three queries, whatever the number of accounts."""
    ids = [account.pk for account in accounts]
    under_way = _scans(Scan.objects.filter(account__in=ids, state__in=_OPEN))
    last = _scans(Scan.objects.filter(pk__in=_last_ended(ids)))
    return [
        AccountView(account, under_way.get(account.pk), last.get(account.pk), how_entered(account))
        for account in accounts
    ]


def list_version(views: Iterable[AccountView], *, total: int, now: datetime) -> str:
    """Changes when any account of the list does; short enough for a URL."""
    versions = "_".join([str(total), *(view.version(now=now) for view in views)])
    return sha256(versions.encode()).hexdigest()[:16]


def how_entered(account: AwsAccount) -> tuple[tuple[str, str], ...]:
    """Each step of the way in as a name and a text; the external id is only said to be set."""
    steps = [("Credentials", _first_credentials(account))]
    if account.role_arn:
        steps.append(("Then assumes", account.role_arn))
    if account.external_id:
        steps.append(("External id", "set"))
    if account.session_name:
        steps.append(("Session name", account.session_name))
    if account.endpoint_url:
        steps.append(("Endpoint", account.endpoint_url))
    kinds = [word for word, on in (("FIPS", account.use_fips), ("dual-stack", account.use_dual_stack)) if on]
    if kinds:
        steps.append(("Endpoints", " and ".join(kinds)))
    steps.append(("Set up", _WHERE[Origin(account.origin)]))
    return tuple(steps)


def way_in_kept(account: AwsAccount) -> tuple[tuple[str, str], ...]:
    """What the terminal set and a page only shows."""
    endpoint = (("Endpoint", account.endpoint_url),) if account.endpoint_url else ()
    return (("Credentials", _first_credentials(account)), *endpoint)


def _first_credentials(account: AwsAccount) -> str:
    where = f" in {account.profile_location}" if account.profile_location else ""
    token, role = account.web_identity_token_file, account.web_identity_role_arn
    return {
        "profile": f"profile {account.profile_name}{where}",
        "env-keys": f"variables or secret files that begin with {account.env_prefix}_",
        "web-identity": f"token file {token}, taking {role}",
    }.get(account.source, "what the server itself has")


def _short_source(account: AwsAccount) -> str:
    return {
        "profile": f"profile {account.profile_name}",
        "env-keys": f"keys {account.env_prefix}_…",
        "web-identity": "web identity",
    }.get(account.source, "the server's own identity")


def _last_ended(account_ids: Iterable[int]) -> list[int]:
    newest = Scan.objects.filter(account=OuterRef("pk")).exclude(state__in=_OPEN).order_by("-asked_at", "-pk")
    found = AwsAccount.objects.filter(pk__in=account_ids).annotate(last=Subquery(newest.values("pk")[:1]))
    return [pk for pk in found.values_list("last", flat=True) if pk]


def _scans(scans: Iterable[Scan]) -> dict[int, ScanView]:
    found = list(scans)
    parts: dict[int, list[RegionScan]] = {scan.pk: [] for scan in found}
    for part in RegionScan.objects.filter(scan__in=found) if found else ():
        parts[part.scan_id].append(part)
    return {scan.account_id: ScanView(scan, tuple(parts[scan.pk])) for scan in found}
