"""Our side of the benchmark: what `manage.py scan` does, storing included. Needs Django to be set up."""

from __future__ import annotations

from django.utils import timezone

from benchmarks.desk import Size
from keyconsole.aws_accounts.models import AwsAccount
from keyconsole.aws_accounts.register import Origin, add_account
from keyconsole.inventory.models import Depth, Scan
from keyconsole.inventory.scan.run import request_scan, run_scans


def add_accounts(url: str, size: Size) -> None:
    for account_id in size.account_ids:
        add_account(
            account_id,
            name=account_id,
            regions=list(size.region_names),
            source="env-keys",
            env_prefix="DESK",
            role_arn=f"arn:aws:iam::{account_id}:role/KeyConsole",
            endpoint_url=url,
            origin=Origin.TERMINAL,
            by="benchmark",
            now=timezone.now(),
        )


def scan_everything() -> int:
    """The number of Region keys that it found."""
    now = timezone.now()
    scans = [
        request_scan(account, by="benchmark", now=now, depth=Depth.KEYS)
        for account in AwsAccount.objects.all()
    ]
    run_scans(scans)
    stored = Scan.objects.filter(pk__in=[scan.pk for scan in scans])
    return sum(scan.keys_seen for scan in stored)
