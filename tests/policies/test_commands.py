from __future__ import annotations

import io
import json

import pytest
from django.core.management import CommandError, call_command

from keyconsole.audit.models import Entry
from keyconsole.aws_accounts.roles import Role
from keyconsole.notifications.models import Delivery
from keyconsole.people.models import AccessProposal
from keyconsole.policies.models import PolicyVersion
from keyconsole.policies.schedule import freeze
from tests.cast import PASSWORD, make_person
from tests.policies.documents import document

PAYMENTS = document(applies_to={"accounts": ["111122223333"]})


@pytest.fixture(autouse=True)
def _password_in_the_environment(monkeypatch):
    monkeypatch.setenv("KEYCONSOLE_PASSWORD", PASSWORD)


def run(*arguments):
    out = io.StringIO()
    call_command(*arguments, stdout=out, stderr=out)
    return out.getvalue()


def refusal(*arguments):
    with pytest.raises(CommandError) as ended:
        run(*arguments)
    return ended.value.returncode, str(ended.value)


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "payments.json"
    path.write_text(json.dumps(PAYMENTS), encoding="utf-8")
    return str(path)


@pytest.fixture
def proposed(inventory, groups, file):
    run("policy", "propose", file, "--why", "We need it", "--as", "ben")
    return PolicyVersion.objects.get()


def test_from_proposal_to_agreement(inventory, groups, file):
    told = run("policy", "propose", file, "--why", "We need it", "--as", "ben")
    version = PolicyVersion.objects.get()
    assert f"sha256 {version.sha256}" in told
    assert (
        "needs 1 of the account's approvers (payments (111122223333)); agreed: nobody; still 1 of bea" in told
    )
    assert run("policy", "list") == "payments: proposed version 1 approve\n"
    told = run("policy", "agree", "payments", "--sha256", version.sha256, "--as", "bea")
    assert told == "payments version 1 holds from now on.\n"
    assert run("policy", "list") == "payments: active version 1 approve\n"
    assert '"rule": "approve"' in run("policy", "show", "payments")
    assert Entry.objects.get(event="policy.agreed").data["via"].startswith("at the terminal of ")


def test_a_proposal_is_rejected_with_its_reason(proposed):
    run("policy", "reject", "payments", "--why", "Not yet", "--as", "bea")
    assert Entry.objects.get(event="policy.rejected").data["reason"] == "Not yet"
    assert refusal("policy", "reject", "payments", "--why", "x", "--as", "bea") == (
        1,
        "Nothing is proposed for payments.",
    )


def test_a_proposal_is_withdrawn(proposed):
    run("policy", "withdraw", "payments", "--as", "ben")
    assert run("policy", "list") == "payments: does not hold\n"


def test_a_refusal_ends_with_one_and_its_sentence(proposed):
    status, told = refusal("policy", "agree", "payments", "--sha256", proposed.sha256, "--as", "ben")
    assert (status, told[:41]) == (1, "Refused: You proposed payments version 1:")


def test_the_terminals_way_wants_the_name_typed(inventory, groups, file):
    status, told = refusal("policy", "apply", file, "--why", "first", "--confirm", "paymnts")
    assert (status, told) == (1, "Refused: Not confirmed. Nothing was changed.")
    assert not PolicyVersion.objects.exists()
    run("policy", "apply", file, "--why", "first", "--confirm", "payments")
    entry = Entry.objects.get(event="policy.applied_at_terminal")
    assert entry.actor.startswith("the terminal of ")
    assert entry.data["why"] == "first"
    assert PolicyVersion.objects.get().at_the_terminal


def test_the_terminal_asks_a_person_who_is_there(inventory, groups, file, monkeypatch):
    assert refusal("policy", "apply", file, "--why", "first")[0] == 2
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("builtins.input", lambda _question: "payments")
    run("policy", "apply", file, "--why", "first")
    assert PolicyVersion.objects.get().state == "active"


def test_a_policy_ends_by_proposal_or_at_the_terminal(inventory, groups, file):
    run("policy", "apply", file, "--why", "first", "--confirm", "payments")
    assert "ends the policy" in run("policy", "retire", "payments", "--why", "x", "--as", "ada")
    run("policy", "apply", "--retire", "payments", "--why", "locked out", "--confirm", "payments")
    assert [v.state for v in PolicyVersion.objects.order_by("number")] == [
        "superseded",
        "withdrawn",
        "active",
    ]
    assert run("policy", "list") == "payments: active version 3 (ends it)\n"


def test_bad_documents_end_with_their_sentences(cast, tmp_path):
    bad = tmp_path / "bad.json"
    propose = ("policy", "propose", str(bad), "--why", "x", "--as", "ben")
    assert refusal(*propose)[0] == 2
    bad.write_text("{", encoding="utf-8")
    assert "is not JSON" in refusal(*propose)[1]
    bad.write_bytes(b"\xff\xfe\x00")
    assert "cannot be read" in refusal(*propose)[1]
    bad.write_text("[" * 100_000, encoding="utf-8")
    assert "is not JSON" in refusal(*propose)[1]
    bad.write_text("1" * 300_000, encoding="utf-8")
    assert refusal(*propose) == (2, "A policy's document is not that large.")
    bad.write_text(json.dumps(document(requirements=[])), encoding="utf-8")
    assert refusal(*propose) == (1, "requirements: The rule approve needs at least one requirement.")
    assert not PolicyVersion.objects.exists()


def test_what_is_not_there_ends_with_two(cast, file):
    assert refusal("policy", "show", "ghost") == (2, "There is no policy 'ghost'.")
    assert refusal("policy", "show", "a\x00b")[0] == 2
    assert refusal("policy", "propose", file, "--why", "x", "--as", "nobody")[0] == 1
    assert refusal("policy", "apply", "--why", "x") == (2, "Name a FILE, or the policy to --retire.")


def test_freezing_and_lifting(cast):
    assert "by ada: Incident" in run("freeze", "--why", "Incident", "--as", "ada")
    assert refusal("freeze", "--why", "Incident", "--as", "ada")[0] == 1
    make_person("eve", Role.ADMINISTRATOR)
    assert refusal("lift_freeze", "--why", "Over", "--as", "ben")[0] == 1
    said = run("lift_freeze", "--why", "Over", "--as", "ada")
    assert said.startswith("AR-1 is proposed")
    assert freeze.current()
    sha256 = AccessProposal.objects.get().sha256
    assert sha256 in said
    assert refusal("access", "agree", "AR-1", "--sha256", sha256, "--as", "ada")[0] == 1
    assert "is done: lift the freeze" in run("access", "agree", "AR-1", "--sha256", sha256, "--as", "eve")
    assert not freeze.current()


def test_the_operator_lifts_a_freeze_at_once_and_every_administrator_hears_of_it(cast):
    cast.ada.email = "ada@example.org"
    cast.ada.save()
    run("freeze", "--why", "Incident", "--as", "ada")
    assert refusal("lift_freeze", "--at-the-terminal", "--why", "x", "--as", "ada")[0] == 2
    assert refusal("lift_freeze", "--at-the-terminal", "--why", " ")[0] == 1
    assert freeze.current()
    assert "Nobody agreed to it" in run("lift_freeze", "--at-the-terminal", "--why", "Nobody is left")
    assert not freeze.current()
    lifted = Entry.objects.get(event="freeze.lifted")
    assert lifted.actor.startswith("the terminal of ")
    assert (lifted.data["via"], lifted.data["lifted_because"]) == (
        "the terminal, without agreement",
        "Nobody is left",
    )
    told = Delivery.objects.get(topic="access.changed", person=cast.ada)
    assert "without a second person: lift the freeze" in told.subject
    assert refusal("lift_freeze", "--at-the-terminal", "--why", "x")[0] == 1


def test_a_group_is_shown_filled_and_emptied(inventory, groups, file):
    assert run("group", "platform") == "platform: ben\n"
    assert run("group", "platform", "--add", "cleo", "--remove", "ben") == "platform: cleo\n"
    assert refusal("group", "ghost") == (2, "There is no group 'ghost'.")
    assert refusal("group", "a/b", "--add", "ben")[0] == 1


def test_whoever_empties_a_group_hears_which_policy_lacks_people(inventory, groups, tmp_path):
    path = tmp_path / "p.json"
    path.write_text(json.dumps({**PAYMENTS, "requirements": [{"group": "platform", "at_least": 1}]}))
    run("policy", "apply", str(path), "--why", "first", "--confirm", "payments")
    told = run("group", "platform", "--remove", "ben")
    assert "payments version 1: Not enough people may approve in payments: 1 more from platform." in told
