"""A sandbox KMS that payments and research are entered at: keys from the environment, then a role."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import boto3
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


def client_at(kms: Sandbox, region: str, account_id: str = "111122223333") -> Any:
    """Somebody else's boto3 client in the account."""
    keys = {"aws_access_key_id": "AKIAIOSFODNN7EXAMPLE", "aws_secret_access_key": "only-for-the-sandbox"}
    sts = boto3.client("sts", endpoint_url=kms.url, region_name=region, **keys)
    role = sts.assume_role(RoleArn=f"arn:aws:iam::{account_id}:role/Engineer", RoleSessionName="engineer")
    own = role["Credentials"]
    return boto3.client(
        "kms",
        endpoint_url=kms.url,
        region_name=region,
        aws_access_key_id=own["AccessKeyId"],
        aws_secret_access_key=own["SecretAccessKey"],
        aws_session_token=own["SessionToken"],
    )


def events_of(subject: str) -> list[str]:
    return list(Entry.objects.filter(subject=subject).values_list("event", flat=True))
