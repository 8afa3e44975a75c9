"""`manage.py scan` at the terminal."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from keyconsole.aws_accounts.models import AwsAccount
from keyconsole.inventory.models import Depth, Scan, ScanState
from keyconsole.inventory.scan.run import request_scan
from keyconsole.sandbox.server import Sandbox
from tests.inventory.facts import at


@pytest.fixture(autouse=True)
def _at_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("keyconsole.terminal.os_user", lambda: "root")
    monkeypatch.setattr("keyconsole.terminal.host", lambda: "keys-1")


def printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    call_command("scan", *arguments)
    return capsys.readouterr().out


def test_a_table_has_a_line_for_each_region_and_one_for_all(
    kms: Sandbox, payments: AwsAccount, capsys: pytest.CaptureFixture[str]
) -> None:
    kms.seed_set("111122223333", primary="us-east-1", replicas=["eu-west-1"])
    kms.fault("deny", operation="ListKeys", region="ap-southeast-2")
    lines = printed(capsys, "payments").splitlines()
    assert lines[0].split() == ["ACCOUNT", "REGION", "OUTCOME", "KEYS", "CALLS", "SECONDS"]
    assert lines[1].split()[:5] == ["payments", "ap-southeast-2", "denied", "?", "1"]
    assert lines[2].split()[:5] == ["payments", "eu-west-1", "seen", "1", "3"]
    assert lines[4].split()[:5] == ["payments", "all", "finished", "2", "9"]
    assert lines[6].startswith("payments ap-southeast-2: ListKeys in ap-southeast-2 was denied")
    assert Scan.objects.get().asked_by == "the terminal of keys-1, as OS user root"


def test_json_tells_calls_seconds_keys_and_what_was_denied(
    kms: Sandbox, payments: AwsAccount, research: AwsAccount, capsys: pytest.CaptureFixture[str]
) -> None:
    kms.seed_set("111122223333", primary="us-east-1", replicas=["eu-west-1"])
    kms.fault("deny", operation="ListKeys", region="ap-southeast-2", account="111122223333")
    kms.fault("region-down", region="eu-west-1", account="222233334444")
    first, second = json.loads(printed(capsys, "--json"))
    assert (first["account"], first["state"], first["keys"]) == ("111122223333", "finished", 2)
    assert (first["denied"], first["unreachable"]) == (["ap-southeast-2"], [])
    assert first["calls"]["ListKeys"] == 3
    assert first["seconds"] > 0
    assert (second["name"], second["denied"], second["unreachable"]) == ("research", [], ["eu-west-1"])


def test_only_the_named_accounts_are_scanned_each_once(
    payments: AwsAccount, research: AwsAccount, capsys: pytest.CaptureFixture[str]
) -> None:
    printed(capsys, "111122223333", "payments")
    assert [scan.account.name for scan in Scan.objects.all()] == ["payments"]


def test_details_are_read_on_demand(payments: AwsAccount, capsys: pytest.CaptureFixture[str]) -> None:
    printed(capsys, "--details")
    assert Scan.objects.get().depth == Depth.DETAILS


def test_an_account_that_cannot_be_entered_ends_with_status_1_after_the_others_are_scanned(
    kms: Sandbox, payments: AwsAccount, research: AwsAccount, capsys: pytest.CaptureFixture[str]
) -> None:
    kms.fault("role-missing", account="111122223333")
    with pytest.raises(CommandError, match=r"Not scanned: payments\.") as refused:
        call_command("scan")
    assert refused.value.returncode == 1
    table = capsys.readouterr().out
    assert "AssumeRole" in table
    assert Scan.objects.get(account=research).state == ScanState.FINISHED


@pytest.mark.parametrize("unknown", ["999999999999", "nobody", "1", "arn:aws:iam::1:role/x", "\x00", ""])
def test_an_unknown_account_is_a_mistake_in_the_command(payments: AwsAccount, unknown: str) -> None:
    with pytest.raises(CommandError, match="There is no account") as mistake:
        call_command("scan", unknown)
    assert mistake.value.returncode == 2
    assert not Scan.objects.exists()


@pytest.mark.django_db
def test_without_accounts_it_says_what_to_do() -> None:
    with pytest.raises(CommandError, match="add_account") as mistake:
        call_command("scan")
    assert mistake.value.returncode == 2


def test_a_scan_that_waits_is_run_here_and_one_that_a_worker_has_is_waited_for(
    payments: AwsAccount,
    research: AwsAccount,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    waiting = request_scan(payments, by="ana", now=at(0))
    running = request_scan(research, by="ana", now=at(0))
    Scan.objects.filter(pk=running.pk).update(
        state=ScanState.RUNNING, lease="a worker's", due_at=timezone.now() + timedelta(minutes=2)
    )

    def the_worker_ends_it(_seconds: float) -> None:
        Scan.objects.filter(pk=running.pk).update(state=ScanState.FINISHED, lease="", due_at=None)

    monkeypatch.setattr("keyconsole.inventory.management.commands.scan.time.sleep", the_worker_ends_it)
    call_command("scan")
    waiting.refresh_from_db()
    assert waiting.state == ScanState.FINISHED
    assert Scan.objects.count() == 2


def test_one_whose_worker_is_lost_meanwhile_is_told_as_not_scanned(
    research: AwsAccount, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    running = request_scan(research, by="ana", now=at(0))
    Scan.objects.filter(pk=running.pk).update(
        state=ScanState.RUNNING, lease="a worker's", due_at=timezone.now() + timedelta(minutes=2)
    )

    def its_lease_ends(_seconds: float) -> None:
        Scan.objects.filter(pk=running.pk).update(due_at=timezone.now() - timedelta(seconds=1))

    monkeypatch.setattr("keyconsole.inventory.management.commands.scan.time.sleep", its_lease_ends)
    with pytest.raises(CommandError, match=r"Not scanned: research\."):
        call_command("scan")


def test_a_scan_whose_process_died_does_not_stand_in_the_way(
    payments: AwsAccount, capsys: pytest.CaptureFixture[str]
) -> None:
    dead = request_scan(payments, by="ana", now=at(0))
    Scan.objects.filter(pk=dead.pk).update(state=ScanState.RUNNING)
    printed(capsys)
    dead.refresh_from_db()
    assert dead.state == ScanState.LOST
    assert Scan.objects.filter(state=ScanState.FINISHED).count() == 1


def test_a_person_at_a_terminal_sees_progress_and_a_pipe_does_not(
    kms: Sandbox, payments: AwsAccount, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    call_command("scan")
    assert capsys.readouterr().err == ""
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    call_command("scan")
    told = capsys.readouterr().err.splitlines()
    assert told[0] == "payments: 3 Regions"
    assert sorted(told[1:]) == [
        "payments ap-southeast-2: empty, 0 keys",
        "payments eu-west-1: empty, 0 keys",
        "payments us-east-1: empty, 0 keys",
    ]
