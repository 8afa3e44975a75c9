"""A scan while it runs: seen from outside, claimed once, interrupted, and hit by a defect of ours."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import Settings

from keyconsole.audit.models import Entry
from keyconsole.aws_accounts.models import AwsAccount
from keyconsole.inventory.models import Depth, RegionKey, RegionScan, Scan, ScanState
from keyconsole.inventory.observation import RegionObservation
from keyconsole.inventory.scan.account_run import AccountRun
from keyconsole.inventory.scan.reader import Began, Entered, Report, Reports
from keyconsole.inventory.scan.run import request_scan, run_scans
from keyconsole.kms.client import Kms
from keyconsole.sandbox.server import Sandbox
from tests.patience import PATIENCE


def open_now(account: AwsAccount) -> Scan:
    return request_scan(account, by="ana", now=timezone.now(), depth=Depth.KEYS)


def test_progress_is_visible_by_region_while_it_runs(kms: Sandbox, payments: AwsAccount) -> None:
    kms.seed_set("111122223333", primary="us-east-1", replicas=["eu-west-1"])
    shown: list[tuple[str, str]] = []
    versions: list[int] = []

    def watch(scan: Scan, report: Report) -> None:
        versions.append(Scan.objects.get(pk=scan.pk).version)
        parts = dict(RegionScan.objects.filter(scan=scan).values_list("region", "outcome"))
        match report:
            case Entered():
                assert parts == dict.fromkeys(payments.regions, "waiting")
            case Began(region) | RegionObservation(region=region):
                shown.append((region, parts[region]))

    run_scans([open_now(payments)], watch=watch)
    assert [outcome for region, outcome in shown if region == "us-east-1"] == ["running", "seen"]
    assert [outcome for region, outcome in shown if region == "ap-southeast-2"] == ["running", "empty"]
    assert versions == sorted(set(versions)), "each report is news"


def test_two_workers_with_the_same_scan_run_it_once(kms: Sandbox, payments: AwsAccount) -> None:
    scan = open_now(payments)
    first = AccountRun.claim(scan, Reports(), clock=timezone.now)
    assert first is not None
    assert AccountRun.claim(scan, Reports(), clock=timezone.now) is None
    first.stop()
    assert kms.calls()["by_operation"].get("AssumeRole", 0) <= 1


def test_an_interrupted_scan_ends_at_once_and_keeps_what_it_stored(
    kms: Sandbox, payments: AwsAccount, settings: Settings
) -> None:
    settings.KEYCONSOLE_SCAN_REGIONS_AT_ONCE = 1
    kms.seed_set("111122223333", primary="us-east-1", replicas=[])

    def interrupt(_scan: Scan, report: Report) -> None:
        if isinstance(report, RegionObservation) and report.region == "us-east-1":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_scans([open_now(payments)], watch=interrupt)
    scan = Scan.objects.get()
    assert (scan.state, "interrupted" in scan.problem) == (ScanState.FAILED, True)
    assert RegionKey.objects.get().sight == "seen"
    run_scans([open_now(payments)])
    assert Scan.objects.filter(state=ScanState.FINISHED).count() == 1


def test_a_defect_in_storing_one_account_does_not_stop_the_others(
    kms: Sandbox, payments: AwsAccount, research: AwsAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    from keyconsole.inventory.store.store_region import store_region

    def defective(scan: Scan, *args: object, **more: object) -> None:
        if scan.account == payments:
            raise ZeroDivisionError
        store_region(scan, *args, **more)  # type: ignore[arg-type]

    monkeypatch.setattr("keyconsole.inventory.scan.account_run.store_region", defective)
    run_scans([open_now(payments), open_now(research)])
    states = dict(Scan.objects.values_list("account__name", "state"))
    assert states == {"payments": "failed", "research": "finished"}
    assert "unexpected error" in Scan.objects.get(account=payments).problem
    assert Entry.objects.filter(event="scan.finished").count() == 2


def test_a_defect_in_reading_one_region_does_not_stop_the_others(
    kms: Sandbox, payments: AwsAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    from keyconsole.inventory.scan.fetch_region import fetch_region

    def defective(one, **more):
        if one.region == "eu-west-1":
            raise ZeroDivisionError
        return fetch_region(one, **more)

    monkeypatch.setattr("keyconsole.inventory.scan.reader.fetch_region", defective)
    run_scans([open_now(payments)])
    outcomes = dict(RegionScan.objects.values_list("region", "outcome"))
    assert outcomes == {"us-east-1": "empty", "eu-west-1": "failed", "ap-southeast-2": "empty"}


def test_a_silent_account_still_shows_that_its_scan_is_alive(
    kms: Sandbox, payments: AwsAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A Region that answers only after the scan has said three times that it lives."""
    from keyconsole.inventory.scan.fetch_region import fetch_region

    monkeypatch.setattr("keyconsole.inventory.scan.run.BEAT_SECONDS", 0.05)
    beats = threading.Semaphore(0)
    take = AccountRun.take

    def take_and_count(run: AccountRun, report: Report | None) -> None:
        take(run, report)
        if report is None:
            beats.release()

    def silent(one: Kms, **more: Any) -> RegionObservation:
        if one.region == "us-east-1":
            assert all(beats.acquire(timeout=PATIENCE) for _ in range(3))
        return fetch_region(one, **more)

    monkeypatch.setattr(AccountRun, "take", take_and_count)
    monkeypatch.setattr("keyconsole.inventory.scan.reader.fetch_region", silent)
    scan = open_now(payments)
    run_scans([scan])
    # Entered, three Regions begun and looked at, the end: whatever is more are signs of life.
    assert Scan.objects.get(pk=scan.pk).version > 8


def test_an_account_whose_regions_may_not_be_told_says_what_to_do(kms: Sandbox, payments: AwsAccount) -> None:
    payments.regions = []
    payments.save()
    kms.fault("deny", operation="DescribeRegions")
    kms.fault("deny", operation="ListRegions")
    run_scans([open_now(payments)])
    scan = Scan.objects.get()
    assert scan.state == ScanState.FAILED
    assert "Name the Regions to look in" in scan.problem


def test_a_defect_in_entering_an_account_fails_its_scan(
    kms: Sandbox, payments: AwsAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    def defective(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("keyconsole.inventory.scan.reader.enter", defective)
    run_scans([open_now(payments)])
    scan = Scan.objects.get()
    assert (scan.state, "unexpected error" in scan.problem) == (ScanState.FAILED, True)
