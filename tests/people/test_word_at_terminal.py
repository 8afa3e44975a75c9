"""A shell is nobody's word: what people decide at the terminal takes their proof, and the record says how."""

from __future__ import annotations

import io
import json
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from keyconsole.audit.models import Entry
from keyconsole.changes.models import Approval, Change
from keyconsole.people.proof import FAILURES_AT_MOST
from keyconsole.people.tokens import make_token
from keyconsole.policies.models import PolicyVersion
from keyconsole.policies.schedule import freeze
from tests.cast import PASSWORD
from tests.changes.approvals.teams import hold_for_payments
from tests.changes.cli.test_change_command import ask
from tests.changes.commands import DONE, REFUSED, USAGE, manage
from tests.conftest import client_of, prove
from tests.policies.documents import document

pytestmark = pytest.mark.django_db
HERE = "at the terminal of keys-1, as OS user root"


@pytest.fixture
def change(cast, inventory):
    hold_for_payments(cast)
    return ask(cast, inventory.card_vault)


@pytest.fixture
def document_file(tmp_path):
    path = tmp_path / "payments.json"
    path.write_text(json.dumps(document(applies_to={"accounts": ["111122223333"]})), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("typed", "tells"),
    [
        (("freeze", "--why", "x"), "A token that they make on their page in the browser proves them here"),
        (("token", "create", "ci"), "do it in the browser"),
    ],
)
def test_who_has_no_password_reads_what_proves_them_here(cast, monkeypatch, typed, tells):
    cast.ben.set_unusable_password()
    cast.ben.save()
    monkeypatch.setenv("KEYCONSOLE_PASSWORD", PASSWORD)
    said = manage(*typed, "--as", "ben")
    assert said.status == USAGE
    assert "ben has no password here" in said.err
    assert tells in said.err
    assert not Entry.objects.filter(event="person.sign_in_failed").exists()


def test_a_token_made_in_the_browser_proves_who_has_no_password(cast, change, monkeypatch):
    cast.ben.set_unusable_password()
    cast.ben.save()
    page = client_of(cast.ben, proved=False)
    prove(page, cast.ben, method="sso", reauthenticated=False)
    assert "at the server's terminal a token is what proves you" in page.get("/me/").content.decode()
    made = page.post("/me/tokens/make/", {"name": "shell", "days": "1"})
    monkeypatch.setenv("KEYCONSOLE_TOKEN", made.context["secret"])
    assert approve(change).status == DONE
    assert Approval.objects.get().proof == "token shell"


def approve(change, by="ben"):
    return manage("change", "approve", change.ref, "--plan", change.plan_sha256, "--as", by)


def verbs(change, file):
    """Every command that takes a person's word, as somebody types it who only has a shell."""
    key, plan = change.key.key_id, ("--plan", change.plan_sha256)
    move = ("--primary-region", "us-west-2", "--reason", "Because.", "--force")
    yield from (("change", "approve", change.ref, *plan), ("change", "withdraw", change.ref))
    yield from (("change", "reject", change.ref, "--reason", "x"), ("change", "run", change.ref))
    yield from (("change", "cancel", change.ref), ("change", "comment", change.ref, "--text", "x"))
    yield "change", "review", change.ref, "--right", "--comment", "x"
    yield from (("change", "close", change.ref, "--reason", "x"), ("change", "agree", change.ref))
    yield from (("batch", "approve", "BR-1", *plan), ("batch", "reject", "BR-1", "--reason", "x"))
    yield from (("batch", "run", "BR-1"), ("batch", "cancel", "BR-1"), ("put_back", "BR-1", "--force"))
    yield from (("update_primary_region", key, *move), ("request_batch", key, *move))
    yield "break_glass", key, *move[:-1]
    yield "agree_to_emergency", change.ref, *plan
    yield from (("policy", "propose", file, "--why", "x"), ("policy", "retire", "payments", "--why", "x"))
    yield from (("policy", "agree", "payments", "--sha256", "0"), ("policy", "withdraw", "payments"))
    yield "policy", "reject", "payments", "--why", "x"
    yield "account_edit", "agree", "payments", "--sha256", "0"
    yield from (
        ("account_edit", "reject", "payments", "--why", "x"),
        ("account_edit", "withdraw", "payments"),
    )
    yield from (
        ("access", "agree", "AR-1", "--sha256", "0"),
        ("access", "reject", "AR-1", "--why", "x"),
        ("access", "withdraw", "AR-1"),
    )
    yield from (("freeze", "--why", "x"), ("lift_freeze", "--why", "x"), ("token", "create", "x"))


def nothing_happened(before):
    return Entry.objects.exclude(event="person.sign_in_failed").count() == before


def test_without_a_proof_no_verb_does_anything(change, document_file):
    before = Entry.objects.count()
    for verb in verbs(change, document_file):
        said = manage(*verb, "--as", "ben")
        assert (verb[:2], said.status) == (verb[:2], USAGE)
        assert "Nobody is there to type the password of 'ben': set KEYCONSOLE_PASSWORD" in said.err
    assert Entry.objects.count() == before
    assert not Approval.objects.exists()
    assert not PolicyVersion.objects.filter(state="proposed").exists()
    assert freeze.current() is None


def test_with_somebody_elses_proof_no_verb_does_anything(change, document_file, cast, monkeypatch):
    cast.ben.set_password("a password that ben alone knows")
    cast.ben.save()
    before = Entry.objects.count()
    monkeypatch.setenv("KEYCONSOLE_PASSWORD", PASSWORD)
    for verb in verbs(change, document_file):
        assert (verb[:2], manage(*verb, "--as", "ben").status) == (verb[:2], REFUSED)
    assert nothing_happened(before)
    assert Change.objects.count() == 1


def test_a_password_makes_it_their_word_and_the_record_says_where_and_how(change, monkeypatch):
    monkeypatch.setenv("KEYCONSOLE_PASSWORD", PASSWORD)
    assert approve(change).status == DONE
    given = Entry.objects.get(event="change.approval_given")
    assert (given.actor, given.data["via"]) == ("ben", f"{HERE}, proved by password")
    proved = Entry.objects.get(event="person.proved")
    assert proved.data == {"host": "keys-1", "os_user": "root", "proof": "password"}
    assert f"{HERE}, proved by password" in manage("change", "show", change.ref).out


def test_a_token_makes_it_their_word_and_says_who_it_is(change, cast, monkeypatch):
    _, secret = make_token(cast.ben, name="release pipeline", days=1, via="here", now=timezone.now())
    monkeypatch.setenv("KEYCONSOLE_TOKEN", secret)
    said = manage("change", "approve", change.ref, "--plan", change.plan_sha256)
    assert said.status == DONE
    given = Entry.objects.get(event="change.approval_given")
    assert (given.actor, given.data["via"]) == ("ben", f"{HERE}, proved by the token release pipeline")
    assert secret not in json.dumps(list(Entry.objects.values()), default=str)
    assert secret not in said.out + said.err


def test_a_token_is_not_another_persons_word(change, cast, monkeypatch):
    _, secret = make_token(cast.ana, name="ci", days=1, via="here", now=timezone.now())
    monkeypatch.setenv("KEYCONSOLE_TOKEN", secret)
    said = approve(change, by="ben")
    assert (said.status, Approval.objects.count()) == (REFUSED, 0)
    assert Entry.objects.get(event="token.refused").data["why"] == "it is another person's"


def test_a_secret_may_stand_in_a_file(change, tmp_path, monkeypatch):
    file = tmp_path / "password"
    file.write_text(f"{PASSWORD}\n", encoding="utf-8")
    monkeypatch.setenv("KEYCONSOLE_PASSWORD_FILE", str(file))
    assert approve(change).status == DONE
    monkeypatch.setenv("KEYCONSOLE_PASSWORD_FILE", str(tmp_path / "none"))
    assert approve(change, by="bea").status == USAGE


def test_a_person_who_is_there_types_it_unseen(change, monkeypatch):
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    typed = {"Password of 'ben': ": PASSWORD}
    monkeypatch.setattr("getpass.getpass", typed.pop)
    assert approve(change).status == DONE
    assert typed == {}


def test_an_unknown_name_a_disabled_person_and_a_wrong_password_get_one_answer(change, cast, monkeypatch):
    cast.bea.is_active = False
    cast.bea.save()
    answers = []
    for name, password in (("ben", "wrong"), ("bea", PASSWORD), ("nobody", PASSWORD)):
        monkeypatch.setenv("KEYCONSOLE_PASSWORD", password)
        said = approve(change, by=name)
        assert said.status == REFUSED
        answers.append(said.err.replace(name, "NAME"))
    assert len(set(answers)) == 1
    failed = Entry.objects.filter(event="person.sign_in_failed").order_by("number")
    assert [each.subject for each in failed] == ["ben", "bea", "unknown person"]
    assert failed[0].data == {"address": "the terminal of keys-1", "os_user": "root"}


def test_after_some_guesses_even_the_right_password_waits_at_this_host(change, monkeypatch):
    for number in range(FAILURES_AT_MOST):
        monkeypatch.setenv("KEYCONSOLE_PASSWORD", f"guess {number}")
        assert approve(change).status == REFUSED
    monkeypatch.setenv("KEYCONSOLE_PASSWORD", PASSWORD)
    said = approve(change)
    assert said.status == REFUSED
    assert "Too many wrong passwords at keys-1" in said.err
    assert Entry.objects.filter(event="person.sign_in_failed").count() == FAILURES_AT_MOST
    assert approve(change, by="bea").status == DONE
    with time_machine.travel(timezone.now() + timedelta(minutes=6)):
        assert approve(change).status == DONE


def test_guesses_on_the_sign_in_page_lock_nobody_out_of_the_terminal(change, client, monkeypatch):
    for number in range(FAILURES_AT_MOST):
        client.post("/sign-in/", {"login": "ben", "password": f"guess {number}"})
    monkeypatch.setenv("KEYCONSOLE_PASSWORD", PASSWORD)
    assert approve(change).status == DONE


def test_without_a_name_the_person_is_called_like_the_login(change, monkeypatch):
    monkeypatch.setenv("KEYCONSOLE_PASSWORD", PASSWORD)
    options = ("change", "approve", change.ref, "--plan", change.plan_sha256)
    said = manage(*options)
    assert said.status == USAGE
    assert "Say who acts with --as." in said.err
    monkeypatch.setattr("keyconsole.terminal.os_user", lambda: "ben")
    assert manage(*options).status == DONE


def test_variables_do_not_say_who_the_os_user_is(monkeypatch):
    monkeypatch.undo()
    from keyconsole import terminal

    for name in ("USER", "LOGNAME", "LNAME", "USERNAME"):
        monkeypatch.setenv(name, "somebody else")
    assert terminal.os_user() != "somebody else"


def test_a_pipeline_moves_a_key_with_a_token_alone(cast, inventory, monkeypatch):
    hold_for_payments(cast)
    _, secret = make_token(cast.ana, name="ci", days=30, via="here", now=timezone.now())
    monkeypatch.setenv("KEYCONSOLE_TOKEN", secret)
    fixed = ("--primary-region", "eu-west-1", "--reason", "Closer to its users.", "--force", "--json")
    said = manage("request_batch", inventory.card_vault.key_id, *fixed)
    assert said.status == DONE
    assert Change.objects.get().requester == cast.ana


@pytest.mark.parametrize("password", ["", "\x00", "x" * 5000, "pässwörd", "\ud800"])
def test_no_password_is_a_fault(change, password, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO())
    monkeypatch.setattr("keyconsole.people.at_terminal._from_environment", lambda _name: password)
    assert approve(change).status in {REFUSED, USAGE}
