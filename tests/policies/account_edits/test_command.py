"""The verbs of an account's page at the terminal."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from keyconsole.audit.models import Entry
from keyconsole.aws_accounts.models import AwsAccount
from tests.cast import PASSWORD, Cast
from tests.policies.account_edits.conftest import OTHER, ROLE, WHY, Propose


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("account_edit", *arguments, stdout=out)
    return out.getvalue()


@pytest.fixture(autouse=True)
def _today(propose: Propose, settings: object) -> None:
    propose()


def role() -> str:
    return AwsAccount.objects.get(account_id="111122223333").role_arn


@pytest.fixture(autouse=True)
def _never_too_late(monkeypatch: pytest.MonkeyPatch) -> None:
    from datetime import timedelta

    from tests.cast import NOW

    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW + timedelta(hours=1))


@pytest.fixture(autouse=True)
def _their_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEYCONSOLE_PASSWORD", PASSWORD)


def test_it_is_listed_shown_and_made(cast: Cast) -> None:
    assert run("list") == f"payments edit 1: proposed, by ada at 2026-11-23 12:00 UTC: {WHY}\n"
    shown = run("show", "payments")
    assert f"role arn: {ROLE}, then {OTHER}" in shown
    assert "needs 1 from platform (payments (111122223333)); agreed: nobody; still 1 of ben" in shown
    sha256 = shown.partition("sha256 ")[2][:64]
    assert "agreed: ben; met" in run("agree", "payments", "--sha256", sha256, "--as", "ben")
    assert role() == ROLE
    assert run("agree", "111122223333", "--sha256", sha256, "--as", "bea") == "payments edit 1 is made.\n"
    assert role() == OTHER
    vote = Entry.objects.filter(event="account.edit_agreed").first()
    assert vote is not None
    assert vote.data["via"].startswith("at the terminal of ")
    assert run("list") == "No edit of an account waits.\n"


def test_it_is_rejected_or_taken_back(cast: Cast) -> None:
    assert (
        run("reject", "payments", "--why", "Not that role", "--as", "ben") == "payments edit 1 is rejected.\n"
    )
    with pytest.raises(CommandError, match=r"No edit of payments waits\."):
        run("withdraw", "payments", "--as", "ada")


def test_a_refusal_ends_with_one(cast: Cast) -> None:
    with pytest.raises(CommandError, match="Refused: You proposed payments edit 1") as no:
        run("reject", "payments", "--why", "no", "--as", "ada")
    assert no.value.returncode == 1
