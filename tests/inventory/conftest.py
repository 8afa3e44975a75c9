"""A sandbox KMS that payments and research are entered at: keys from the environment, then a role."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.utils import timezone

from keyconsole.audit.models import Entry
from keyconsole.aws_accounts.models import AwsAccount
from keyconsole.inventory.models import Depth, Scan
from keyconsole.inventory.scan.run import request_scan, run_scans
from keyconsole.sandbox.server import Sandbox
from tests.cast import make_account

REGIONS = ["us-east-1", "eu-west-1", "ap-southeast-2"]


@pytest.fixture(autouse=True)
def _credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DESK_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
    monkeypatch.setenv("DESK_SECRET_ACCESS_KEY", "only-for-the-sandbox")


@pytest.fixture
def kms() -> Iterator[Sandbox]:
    with Sandbox(settle_seconds=0) as sandbox:
        yield sandbox


@pytest.fixture
def payments(db: None, kms: Sandbox) -> AwsAccount:
    return entered_at(kms, "payments", "111122223333")


@pytest.fixture
def research(db: None, kms: Sandbox) -> AwsAccount:
    return entered_at(kms, "research", "222233334444")


def entered_at(kms: Sandbox, name: str, account_id: str) -> AwsAccount:
    return make_account(
        name,
        account_id,
        regions=REGIONS,
        source="env-keys",
        env_prefix="DESK",
        role_arn=f"arn:aws:iam::{account_id}:role/KeyConsole",
        endpoint_url=kms.url,
    )


def scan_now(account: AwsAccount, *, depth: Depth = Depth.KEYS) -> Scan:
    scan = request_scan(account, by="ana", now=timezone.now(), depth=depth)
    run_scans([scan])
    scan.refresh_from_db()
    return scan


def events_of(subject: str) -> list[str]:
    return list(Entry.objects.filter(subject=subject).values_list("event", flat=True))
