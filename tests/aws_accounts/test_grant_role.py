"""Giving and taking roles, adding people, and the one question."""

from __future__ import annotations

import io

import pytest
from django.contrib.auth.models import AnonymousUser, User
from django.core.management import CommandError, call_command

from keyconsole.audit.models import Entry
from keyconsole.aws_accounts.grants import grant, revoke
from keyconsole.aws_accounts.models import RoleGrant
from keyconsole.aws_accounts.permissions import accounts_where, can, can_somewhere
from keyconsole.aws_accounts.roles import ALLOWS, Permission, Role
from tests.cast import NOW, Cast


def test_a_role_given_in_one_account_holds_there_only(cast: Cast) -> None:
    grant(cast.dan, Role.REQUESTER, cast.payments, by="ada", now=NOW)
    assert can(cast.dan, Permission.REQUEST, cast.payments)
    assert not can(cast.dan, Permission.REQUEST, cast.research)
    assert not can(cast.dan, Permission.REQUEST)
    assert can_somewhere(cast.dan, Permission.REQUEST)
    assert list(accounts_where(cast.dan, Permission.REQUEST)) == [cast.payments]


def test_a_role_for_all_accounts_holds_in_each(cast: Cast) -> None:
    grant(cast.dan, Role.VIEWER, None, by="ada", now=NOW)
    assert can(cast.dan, Permission.VIEW)
    assert accounts_where(cast.dan, Permission.VIEW).count() == 3


def test_given_twice_it_is_held_and_recorded_once(cast: Cast) -> None:
    for account in (cast.payments, None):
        first = grant(cast.dan, Role.VIEWER, account, by="ada", now=NOW)
        assert grant(cast.dan, Role.VIEWER, account, by="ada", now=NOW) == first
    assert Entry.objects.filter(event="role.granted", subject="dan").count() == 2


def test_taking_it_away_in_one_account_leaves_the_others(cast: Cast) -> None:
    assert revoke(cast.ana, Role.REQUESTER, cast.payments, by="ada", now=NOW)
    assert not can(cast.ana, Permission.REQUEST, cast.payments)
    assert can(cast.ana, Permission.REQUEST, cast.research)
    assert not revoke(cast.ana, Role.REQUESTER, cast.payments, by="ada", now=NOW)
    assert not revoke(cast.ana, Role.REQUESTER, None, by="ada", now=NOW)
    entry = Entry.objects.get(event="role.revoked")
    assert (entry.actor, entry.subject, entry.account_id) == ("ada", "ana", "111122223333")


@pytest.mark.parametrize("role", Role)
def test_a_role_allows_what_its_table_says_and_nothing_else(cast: Cast, role: Role) -> None:
    grant(cast.dan, role, cast.payments, by="ada", now=NOW)
    allowed = {permission for permission in Permission if can(cast.dan, permission, cast.payments)}
    assert allowed == ALLOWS[role]


def test_nobody_and_people_who_left_may_do_nothing(cast: Cast) -> None:
    cast.ada.is_active = False
    assert not any(can(AnonymousUser(), permission) for permission in Permission)
    assert not any(can(cast.ada, permission) for permission in Permission)
    assert not accounts_where(cast.ada, Permission.VIEW).exists()


def test_the_commands_give_and_take(cast: Cast, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("grant_role", "dan", "approver", "--account", "payments")
    assert can(cast.dan, Permission.APPROVE, cast.payments)
    call_command("revoke_role", "dan", "approver", "--account", "111122223333")
    assert not can_somewhere(cast.dan, Permission.APPROVE)
    assert capsys.readouterr().out.splitlines() == [
        "dan is approver in payments (111122223333).",
        "dan no longer is approver in payments (111122223333).",
    ]


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["grant_role", "nobody", "viewer"], 2),
        (["grant_role", "dan", "viewer", "--account", "nowhere"], 2),
        (["revoke_role", "dan", "viewer"], 1),
    ],
)
def test_what_the_commands_cannot_do_they_say(cast: Cast, arguments: list[str], status: int) -> None:
    with pytest.raises(CommandError) as refused:
        call_command(*arguments)
    assert refused.value.returncode == status


def test_a_person_is_added_with_a_password_that_is_shown_once(
    cast: Cast, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", None)
    call_command(
        "add_person", "eve", "--role", "viewer", "--account", "payments", "--email", "eve@example.com"
    )
    assert User.objects.get(username="eve").email == "eve@example.com"
    added, shown = capsys.readouterr().out.splitlines()
    eve = User.objects.get(username="eve")
    assert added == "Added eve as viewer."
    assert eve.check_password(shown.removeprefix("Password, shown this once: "))
    assert can(eve, Permission.VIEW, cast.payments)
    assert not can(eve, Permission.VIEW, cast.research)


@pytest.mark.parametrize("where", ["environment", "standard input"])
def test_a_given_password_is_never_printed(
    cast: Cast, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("a quiet walk at dusk\n"))
    if where == "environment":
        monkeypatch.setattr("sys.stdin", None)
        monkeypatch.setenv("KEYCONSOLE_PASSWORD", "a quiet walk at dusk")
    call_command("add_person", "eve")
    assert User.objects.get(username="eve").check_password("a quiet walk at dusk")
    assert capsys.readouterr().out == "Added eve, without a role.\n"


@pytest.mark.parametrize(
    ("username", "password", "sentence"),
    [
        ("ana", "a quiet walk at dusk", "username"),
        ("e v e", "a quiet walk at dusk", "username"),
        ("", "a quiet walk at dusk", "username"),
        ("x" * 151, "a quiet walk at dusk", "username"),
        ("eve", "password", "This password is too common"),
        ("eve", "12", "password"),
    ],
)
def test_a_person_who_cannot_be_added_is_refused(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, username: str, password: str, sentence: str
) -> None:
    monkeypatch.setenv("KEYCONSOLE_PASSWORD", password)
    before = (User.objects.count(), RoleGrant.objects.count())
    with pytest.raises(CommandError, match=sentence) as refused:
        call_command("add_person", username, "--role", "viewer")
    assert refused.value.returncode == 1
    assert (User.objects.count(), RoleGrant.objects.count()) == before
