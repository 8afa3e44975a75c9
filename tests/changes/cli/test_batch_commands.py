"""Batches at the terminal: the same functions, refusals and record as on the pages."""

from __future__ import annotations

import io
import json

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from keyconsole.audit.models import Entry
from keyconsole.changes.models import Batch, Change
from tests.changes.batches.given import lines_of, make_keys, one_approver, states_of

pytestmark = [pytest.mark.django_db, pytest.mark.every_database]


@pytest.fixture
def keys(cast, inventory):
    one_approver()
    return make_keys(cast.payments, 3)


def command(name, *arguments, **options):
    out = io.StringIO()
    call_command(name, *arguments, stdout=out, stderr=io.StringIO(), **options)
    return out.getvalue()


def asked(keys, *arguments):
    names = [key.key_id for key in keys]
    fixed = ["--primary-region", "eu-west-1", "--reason", "Leaving us-east-1.", "--as", "ana", "--force"]
    return command("request_batch", *names, *fixed, *arguments)


def test_request_batch_asks_for_every_key_and_prints_the_plan(keys):
    facts = json.loads(asked(keys, "--json", "--on-failure", "carry-on", "--ticket", "SEC-1"))
    batch = Batch.objects.get()
    assert (facts["batch"], facts["plan_sha256"], facts["on_failure"]) == (
        "BR-1",
        batch.plan_sha256,
        "carry-on",
    )
    assert [line["state"] for line in facts["lines"]] == ["pending"] * 3
    assert Entry.objects.get(event="batch.requested").data["via"].startswith("at the terminal of keys-1")


def test_keys_may_come_from_standard_input(keys, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("\n".join(key.key_id for key in keys)))
    asked([])
    assert len(lines_of(Batch.objects.get())) == 3


def test_every_key_that_cannot_be_asked_for_is_named_and_nothing_is_kept(keys, inventory):
    with pytest.raises(CommandError, match=r"ledger: .*already is the primary") as refused:
        asked([*keys, inventory.ledger])
    assert refused.value.returncode == 1
    with pytest.raises(CommandError, match=r"mrk-unknown is not known.*\n.*alias/x: Key Aliases"):
        command(
            "request_batch", "mrk-unknown", "alias/x", "--primary-region", "eu-west-1",
            "--reason", "x", "--as", "ana", "--force",
        )  # fmt: skip
    assert not Change.objects.exists()


def test_without_force_somebody_has_to_confirm(keys):
    with pytest.raises(CommandError, match="Nobody is there to ask") as usage:
        command(
            "request_batch", keys[0].key_id, "--primary-region", "eu-west-1", "--reason", "x", "--as", "ana"
        )
    assert usage.value.returncode == 2
    assert not Change.objects.exists()


@pytest.mark.parametrize(("typed", "count"), [("3 keys", 1), ("3", 0)])
def test_the_number_of_keys_is_typed_to_confirm(keys, monkeypatch, typed, count):
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("builtins.input", lambda _prompt: typed)
    names = [key.key_id for key in keys]
    arguments = [*names, "--primary-region", "eu-west-1", "--reason", "x", "--as", "ana"]
    if count:
        command("request_batch", *arguments)
    else:
        with pytest.raises(CommandError, match="Not confirmed"):
            command("request_batch", *arguments)
    assert Batch.objects.count() == count


def test_a_batch_is_shown_listed_approved_and_cancelled(keys):
    asked(keys)
    batch = Batch.objects.get()
    assert "BR-1     open        3 keys   by ana" in command("batch", "list")
    shown = command("batch", "show", "BR-1")
    assert batch.plan_sha256 in shown
    assert "Nobody was written to" in shown
    with pytest.raises(CommandError, match="Refused: The plan that you looked at"):
        command("batch", "approve", "BR-1", "--plan", "0" * 64, "--as", "ben")
    told = command("batch", "approve", "br-1", "--plan", batch.plan_sha256, "--as", "ben", "--comment", "ok")
    assert told.count("approved") == 3
    assert Entry.objects.filter(
        event="change.approval_given", data__via__startswith="at the terminal of keys-1"
    ).exists()
    told = command("batch", "cancel", "1", "--reason", "Not today.", "--as", "ana", "--json")
    assert json.loads(told)["stopped_why"] == "Cancelled by ana: Not today."
    assert states_of(batch) == ["cancelled"] * 3


def test_a_batch_is_rejected_with_a_reason(keys):
    asked(keys)
    command("batch", "reject", "BR-1", "--reason", "Wrong week.", "--as", "bea")
    assert states_of(Batch.objects.get()) == ["rejected"] * 3
    with pytest.raises(CommandError, match="No change of BR-1 waits for somebody"):
        command("batch", "run", "BR-1", "--as", "ana")


def test_put_back_asks_for_the_way_back(keys):
    asked(keys)
    batch = Batch.objects.get()
    with pytest.raises(CommandError, match="BR-1 has not ended yet"):
        command("put_back", "BR-1", "--as", "ana", "--force")
    for line in lines_of(batch)[:2]:
        Change.objects.filter(pk=line.pk).update(state="done")
        line.key.region_keys.filter(region="us-east-1").update(role="REPLICA")
        line.key.region_keys.filter(region="eu-west-1").update(role="PRIMARY")
        line.key.primary_region = "eu-west-1"
        line.key.save()
    Change.objects.filter(pk=lines_of(batch)[2].pk).update(state="cancelled")
    Batch.objects.update(ended_at=timezone.now())
    facts = json.loads(command("put_back", "BR-1", "--as", "ana", "--force", "--json"))
    assert (facts["batch"], facts["puts_back"]) == ("BR-2", "BR-1")
    assert [(line["from_region"], line["to_region"]) for line in facts["lines"]] == [
        ("eu-west-1", "us-east-1")
    ] * 2


@pytest.mark.parametrize("ref", ["BR-9", "CR-1", "", "BR-" + "9" * 30, "BR-\x00"])
def test_a_batch_that_is_not_there_is_told_so(cast, ref):
    with pytest.raises(CommandError, match="There is no batch"):
        command("batch", "show", ref)
