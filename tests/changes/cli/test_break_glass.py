"""`manage.py break_glass`: the emergency path at the terminal, behind the person's password."""

from __future__ import annotations

import io

import pytest
from django.utils import timezone

from keyconsole.audit.models import Entry
from keyconsole.changes.models import Change
from keyconsole.changes.requests.request import request_move
from keyconsole.people.tokens import make_token
from tests.cast import PASSWORD
from tests.changes.approvals.teams import hold_for_payments, join
from tests.changes.commands import DONE, NOT_KNOWN_YET, REFUSED, USAGE, manage
from tests.changes.conftest import PRIMARY, REPLICA, THIRD, moves_sent

pytestmark = pytest.mark.django_db
WHY = "Replicas must be made tonight, and nobody of security answers."


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture
def use(cast, key, tmp_path):
    hold_for_payments(cast, emergency_group="on-call")
    join("on-call", cast.ana)

    def run(*more, password=PASSWORD, reason=WHY, by="ana"):
        file = tmp_path / "password"
        file.write_text(f"{password}\n", encoding="utf-8")
        options = ("--primary-region", REPLICA, "--reason", reason, "--as", by, "--password-file", file)
        return manage("break_glass", key.key_id, *options, *more)

    return run


@pytest.mark.every_database
def test_it_moves_the_primary_and_says_what_is_owed(use, kms):
    said = use()
    assert said.status == DONE
    assert "Its review is due by" in said.err
    assert "CR-1 done." in said.err
    assert moves_sent(kms) == 1


def test_the_record_says_that_it_came_from_the_terminal(use):
    use()
    via = Entry.objects.get(event="change.requested").data["via"]
    assert via == "at the terminal of keys-1, as OS user root, proved by password"


def test_no_wait_sends_and_exits_3(use, kms):
    kms.settle_seconds(60)
    assert use("--no-wait").status == NOT_KNOWN_YET
    assert moves_sent(kms) == 1


def test_a_wrong_password_is_refused_and_recorded(use, kms):
    said = use(password="guess")
    assert said.status == REFUSED
    assert "not the password of 'ana'" in said.err
    assert Entry.objects.filter(event="person.sign_in_failed", subject="ana").exists()
    assert not Change.objects.exists()
    assert kms.calls()["total"] == 0


def test_a_token_is_no_proof_that_the_person_is_there(use, key, cast, kms, monkeypatch):
    _, secret = make_token(cast.ana, name="ci", days=1, via="here", now=timezone.now())
    monkeypatch.setenv("KEYCONSOLE_TOKEN", secret)
    monkeypatch.delenv("KEYCONSOLE_PASSWORD")
    options = ("--primary-region", REPLICA, "--reason", WHY, "--as", "ana")
    assert manage("break_glass", key.key_id, *options).status == USAGE
    assert moves_sent(kms) == 0


def test_the_password_of_somebody_else_is_no_proof(use, cast):
    cast.ana.set_password("a horse of her own, of course")
    cast.ana.save()
    assert use(password=PASSWORD).status == REFUSED


def test_a_refusal_has_the_same_words_as_the_page(use, kms):
    said = use(by="ben")
    assert said.status == REFUSED
    assert "Only members of on-call may use the emergency path." in said.err
    assert use(reason="urgent").status == REFUSED
    assert moves_sent(kms) == 0


def test_without_a_terminal_and_a_password_nobody_can_prove_anything(use, key, monkeypatch):
    monkeypatch.delenv("KEYCONSOLE_PASSWORD")
    monkeypatch.setattr("sys.stdin", io.StringIO(PASSWORD))
    options = ("--primary-region", REPLICA, "--reason", WHY, "--as", "ana")
    said = manage("break_glass", key.key_id, *options)
    assert said.status == USAGE
    assert "KEYCONSOLE_PASSWORD" in said.err


def test_at_a_terminal_the_password_is_typed_unseen(use, key, kms, monkeypatch):
    monkeypatch.delenv("KEYCONSOLE_PASSWORD")
    monkeypatch.setattr("sys.stdin", Terminal())
    monkeypatch.setattr("getpass.getpass", lambda _: PASSWORD)
    options = ("--primary-region", REPLICA, "--reason", WHY, "--as", "ana")
    assert manage("break_glass", key.key_id, *options).status == DONE
    assert moves_sent(kms) == 1


def test_a_password_file_that_cannot_be_read_is_a_usage_error(use, key, tmp_path):
    options = ("--primary-region", REPLICA, "--reason", WHY, "--as", "ana")
    said = manage("break_glass", key.key_id, *options, "--password-file", tmp_path / "none")
    assert said.status == USAGE


def test_a_second_one_waits_for_another_member_who_agrees_with_their_password(use, cast, kms, tmp_path):
    join("on-call", cast.cleo)
    use()
    first = Change.objects.get()
    said = use("--primary-region", PRIMARY)
    assert said.status == NOT_KNOWN_YET
    assert "Another member of on-call has to agree: cleo." in said.err
    assert moves_sent(kms) == 1
    change = Change.objects.get(number=2)
    assert change.state == "pending"
    assert f"{first.ref}, an earlier emergency of ana" in manage("change", "show", "CR-2").out
    file = tmp_path / "cleos"
    file.write_text("guess", encoding="utf-8")
    options = ("--plan", change.plan_sha256, "--as", "cleo", "--password-file", file)
    assert manage("agree_to_emergency", "CR-2", *options).status == REFUSED
    file.write_text(PASSWORD, encoding="utf-8")
    own = ("--plan", change.plan_sha256, "--as", "ana", "--password-file", file)
    assert manage("agree_to_emergency", "CR-2", *own).status == REFUSED
    assert "It runs as soon as a worker takes it." in manage("agree_to_emergency", "CR-2", *options).out
    change.refresh_from_db()
    assert change.state == "approved"
    assert Entry.objects.get(event="emergency.agreed").data["via"].startswith("at the terminal of keys-1")


def test_it_says_what_gave_way(use, cast, key):
    request_move(key, to_region=THIRD, by=cast.ana, reason="Back.", token="w", now=timezone.now())
    assert "CR-1 waited for this key and is superseded by CR-2." in use().err
