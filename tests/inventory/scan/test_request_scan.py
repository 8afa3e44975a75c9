"""Asking for a scan, and the sweep that finds what is due or lost."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import Settings

from keyconsole.audit.models import Entry
from keyconsole.aws_accounts.models import AwsAccount
from keyconsole.inventory.models import Depth, Outcome, RegionScan, Scan, ScanState
from keyconsole.inventory.observation import RegionObservation
from keyconsole.inventory.scan.due import request_due_scans
from keyconsole.inventory.scan.lost import close_all_lost
from keyconsole.inventory.scan.run import request_scan, run_scans, step
from keyconsole.inventory.store.known import Picture
from keyconsole.inventory.store.store_region import ScanTaken, store_region
from keyconsole.sandbox.server import Sandbox
from tests.inventory.facts import T0, at, look


def finished(account: AwsAccount, *, hours_ago: float, depth: Depth = Depth.KEYS) -> Scan:
    asked = T0 - timedelta(hours=hours_ago)
    return Scan.objects.create(
        account=account, depth=depth, state=ScanState.FINISHED, asked_by="ana", asked_at=asked
    )


def test_what_is_asked_for_is_due_at_once_and_recorded(payments: AwsAccount) -> None:
    scan = request_scan(payments, by="ana", now=T0)
    assert (scan.state, scan.asked_by, scan.due_at) == (ScanState.WAITING, "ana", T0)
    entry = Entry.objects.get(event="scan.requested")
    assert (entry.actor, entry.subject, entry.data) == ("ana", "111122223333", {"depth": "keys"})


def test_asking_again_while_it_is_open_gives_the_same_scan(payments: AwsAccount) -> None:
    first = request_scan(payments, by="ana", now=T0)
    again = request_scan(payments, by="ben", now=at(1))
    assert again == first
    assert Entry.objects.filter(event="scan.requested").count() == 1


def test_a_scan_that_still_waits_becomes_as_deep_as_asked(payments: AwsAccount) -> None:
    request_scan(payments, by="ana", now=T0)
    assert request_scan(payments, by="ana", now=at(1), depth=Depth.DETAILS).depth == Depth.DETAILS
    assert request_scan(payments, by="ana", now=at(2)).depth == Depth.DETAILS


def test_a_worker_runs_the_scan_and_a_second_one_finds_it_done(kms: Sandbox, payments: AwsAccount) -> None:
    scan = request_scan(payments, by="ana", now=T0)
    late = Scan.objects.select_related("account").get(pk=scan.pk)
    step(scan, clock=timezone.now)
    done = Scan.objects.get(pk=scan.pk)
    assert (done.state, done.due_at, done.lease) == (ScanState.FINISHED, None, "")
    kms.reset_calls()
    step(late, clock=timezone.now)
    assert kms.calls()["total"] == 0


def test_its_end_is_recorded_with_what_was_not_read(kms: Sandbox, payments: AwsAccount) -> None:
    kms.fault("deny", operation="ListKeys", region="eu-west-1")
    run_scans([request_scan(payments, by="ana", now=T0)])
    data = Entry.objects.get(event="scan.finished").data
    assert data["state"] == "finished"
    assert data["outcomes"] == {"denied": 1, "empty": 2}
    assert data["not_read"] == {"eu-west-1": "denied"}


def test_the_sweep_asks_for_accounts_whose_last_scan_is_too_old(
    payments: AwsAccount, research: AwsAccount, settings: Settings
) -> None:
    settings.KEYCONSOLE_SCAN_EVERY_MINUTES = 60
    finished(payments, hours_ago=2)
    finished(payments, hours_ago=2, depth=Depth.DETAILS)
    finished(research, hours_ago=0.5)
    asked = request_due_scans(T0)
    assert [(scan.account.name, scan.asked_by) for scan in asked] == [("payments", "keyconsole")]
    assert request_due_scans(T0) == []


def test_a_scan_is_deep_where_the_last_deep_one_is_too_old(
    payments: AwsAccount, research: AwsAccount, settings: Settings
) -> None:
    settings.KEYCONSOLE_DETAILS_EVERY_HOURS = 24
    finished(payments, hours_ago=25, depth=Depth.DETAILS)
    finished(payments, hours_ago=2)
    finished(research, hours_ago=2, depth=Depth.DETAILS)
    depths = {scan.account.name: scan.depth for scan in request_due_scans(T0)}
    assert depths == {"payments": "details", "research": "keys"}


def test_zero_means_only_on_demand(payments: AwsAccount, settings: Settings) -> None:
    settings.KEYCONSOLE_SCAN_EVERY_MINUTES = 0
    assert request_due_scans(T0) == []
    settings.KEYCONSOLE_SCAN_EVERY_MINUTES = 60
    settings.KEYCONSOLE_DETAILS_EVERY_HOURS = 0
    assert [scan.depth for scan in request_due_scans(T0)] == ["keys"]


@pytest.fixture
def running(payments: AwsAccount) -> Scan:
    scan = request_scan(payments, by="ana", now=T0)
    Scan.objects.filter(pk=scan.pk).update(state=ScanState.RUNNING, due_at=at(2), lease="a worker's")
    RegionScan.objects.create(scan=scan, region="us-east-1", outcome=Outcome.SEEN)
    RegionScan.objects.create(scan=scan, region="eu-west-1", outcome=Outcome.RUNNING)
    scan.refresh_from_db()
    return scan


def test_a_running_scan_that_is_silent_is_lost_and_what_it_stored_stays(running: Scan) -> None:
    assert close_all_lost(at(1.9)) == []
    assert close_all_lost(at(2.1)) == [running]
    running.refresh_from_db()
    assert running.state == ScanState.LOST
    assert "not heard of" in running.problem
    outcomes = dict(running.region_scans.values_list("region", "outcome"))
    assert outcomes == {"us-east-1": "seen", "eu-west-1": "failed"}
    assert Entry.objects.filter(event="scan.finished").count() == 1
    assert close_all_lost(at(5)) == []


def test_a_worker_that_comes_back_from_the_dead_stores_nothing(running: Scan) -> None:
    close_all_lost(at(5))
    late: RegionObservation = look("eu-west-1", Outcome.EMPTY)
    with pytest.raises(ScanTaken):
        store_region(running, late, picture=Picture.of(running.account), now=at(6))
    assert running.region_scans.get(region="eu-west-1").outcome == Outcome.FAILED


def test_a_worker_that_finds_a_silent_scan_closes_it(running: Scan) -> None:
    step(Scan.objects.select_related("account").get(pk=running.pk), clock=lambda: at(2.1))
    running.refresh_from_db()
    assert (running.state, running.due_at) == (ScanState.LOST, None)
