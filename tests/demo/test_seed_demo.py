"""The demo's past: told once, in the order of time, and in agreement with the keys that the sandbox has."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command
from django.utils import timezone

from keyconsole.audit.events import Event
from keyconsole.audit.models import Entry
from keyconsole.aws_accounts.models import AwsAccount
from keyconsole.changes.models import Change, Observation
from keyconsole.demo.history import tell_story
from keyconsole.demo.keys import KEYS
from keyconsole.demo.people import PEOPLE
from keyconsole.demo.seed_kms import seed_story
from keyconsole.inventory.models import (
    MultiRegionKey,
    PrimaryPeriod,
    RegionKey,
    Scan,
    ScanState,
)
from keyconsole.inventory.scan.run import run_scans
from keyconsole.sandbox.server import Sandbox

NOWHERE = "http://127.0.0.1:18649"

FOUND_BY_SCANS = {
    Event.KEY_FIRST_SEEN,
    Event.KEY_PRIMARY_MOVED,
    Event.KEY_REPLICA_APPEARED,
    Event.KEY_REPLICA_GONE,
}


def seed(url: str = NOWHERE) -> str:
    told = io.StringIO()
    call_command("seed_demo", endpoint_url=url, stdout=told)
    return told.getvalue()


def test_it_prints_how_each_person_signs_in_and_the_passwords_work(db: None):
    printed = seed()
    for person in PEOPLE:
        assert person.username in printed
        assert person.password in printed
        assert authenticate(username=person.username, password=person.password)


def test_without_the_demo_setting_it_refuses_and_writes_nothing(db: None, settings: Any):
    settings.KEYCONSOLE_DEMO = False
    with pytest.raises(CommandError, match="This is not a demo"):
        seed()
    assert not AwsAccount.objects.exists()


def test_a_second_run_changes_nothing_and_prints_the_same(db: None):
    def counts() -> list[int]:
        return [
            model.objects.count() for model in (Entry, Change, Observation, RegionKey, PrimaryPeriod, Scan)
        ]

    first = seed()
    before = counts()
    assert seed("http://127.0.0.1:18648") == first
    assert counts() == before
    assert {account.endpoint_url for account in AwsAccount.objects.all()} == {NOWHERE}


@dataclass(frozen=True)
class Before:
    at: datetime
    region_keys: dict[tuple[int, str], dict[str, Any]]
    keys: list[Any]
    periods: list[Any]


def what_stands() -> tuple[dict[tuple[int, str], dict[str, Any]], list[Any], list[Any]]:
    return (
        {(row.key_id, row.region): as_stored(row) for row in RegionKey.objects.all()},
        list(MultiRegionKey.objects.order_by("pk").values_list("pk", "primary_region", "alias")),
        list(PrimaryPeriod.objects.order_by("pk").values_list("key", "region", "started_at")),
    )


def as_ended(scan: Scan) -> list[Any]:
    parts = scan.region_scans.values_list("region", "outcome", "keys_seen", "calls")
    return [scan.state, scan.keys_seen, scan.calls, scan.problem.partition(" (")[0], *parts]


def as_stored(key: RegionKey) -> dict[str, Any]:
    """What must be the same after a scan; dates of the sandbox's keys count from its own start."""
    names = (
        "sight",
        "role",
        "state",
        "description",
        "aliases",
        "pending_window_days",
        "policy_sha256",
        "tags",
    )
    stored = {name: getattr(key, name) for name in names}
    return stored | {
        "rotates": key.rotation and (key.rotation["enabled"], key.rotation["period_days"]),
        "is_being_deleted": key.deletion_at is not None,
        "created": key.created_at and key.created_at.date(),
    }


@pytest.fixture
def scanned(db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Before]:
    """The worker has run the scans that seeding asks for."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "sandbox")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "sandbox")
    now = timezone.now()
    with Sandbox() as kms:
        seed_story(kms.desk)
        tell_story(endpoint_url=kms.url, now=now)
        before = Before(now, *what_stands())
        for scan in Scan.objects.filter(state=ScanState.WAITING):
            run_scans([scan])
        yield before


def test_the_real_scan_finds_what_the_story_says(scanned: Before):
    assert not Entry.objects.filter(event__in=FOUND_BY_SCANS, at__gte=scanned.at).exists()
    region_keys, keys, periods = what_stands()
    assert region_keys == scanned.region_keys
    assert keys == scanned.keys
    assert periods == scanned.periods
    assert len(keys) == len(KEYS)
    for account in AwsAccount.objects.all():
        real, told, *_ = account.scans.filter(depth="details")
        assert as_ended(real) == as_ended(told)
