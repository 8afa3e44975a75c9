"""What the server's operator gives alone is recorded, and administrators hear of what gives power."""

from __future__ import annotations

from io import StringIO

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import transaction

from keyconsole.aws_accounts.models import RoleGrant
from keyconsole.aws_accounts.roles import Role
from keyconsole.notifications.models import Delivery
from tests.cast import make_person


@pytest.fixture(autouse=True)
def _reachable(cast, monkeypatch):
    monkeypatch.setenv("KEYCONSOLE_PASSWORD", "a long and unusual passphrase")
    finn = make_person("finn", Role.ADMINISTRATOR, accounts=(cast.payments,))
    for person in (cast.ada, cast.cleo, finn):
        person.email = f"{person.username}@example.org"
        person.save()


def run(*arguments):
    call_command(*arguments, stdout=StringIO(), stderr=StringIO())


def heard():
    found = Delivery.objects.filter(topic="access.changed").order_by("person__username")
    return [(each.recipient, each.subject.partition(": ")[2]) for each in found]


@pytest.mark.parametrize("name", ["keyconsole", "KeyConsole", "\uff2beyConsole", "Ana", "ana"])
def test_nobody_is_added_under_a_name_that_the_record_or_another_has(cast, name):
    with pytest.raises(CommandError, match=r"by this name|of this name already"):
        run("add_person", name)
    assert not User.objects.filter(username=name).exclude(username="ana").exists()


@pytest.mark.parametrize(
    ("command", "says"),
    [
        (("grant_role", "dan", "approver"), "give dan the role approver in all accounts"),
        (("grant_role", "dan", "administrator"), "give dan the role administrator in all accounts"),
        (("add_person", "zoe", "--role", "administrator"), "give zoe the role administrator in all accounts"),
        (("group", "security", "--add", "dan"), "put dan into the group security"),
    ],
)
def test_what_gives_power_everywhere_is_told_to_every_administrator_of_all(command, says):
    run(*command)
    assert heard() == [("ada", says)]
    assert "without a second person" in Delivery.objects.get().subject


def test_what_gives_power_in_one_account_is_told_to_its_administrators_as_well():
    run("grant_role", "dan", "approver", "--account", "payments")
    says = "give dan the role approver in payments (111122223333)"
    assert heard() == [("ada", says), ("finn", says)]


@pytest.mark.parametrize("role", ["viewer", "requester", "auditor"])
def test_a_role_that_decides_about_nobody_is_told_to_nobody(role):
    run("grant_role", "dan", role)
    assert heard() == []


def test_without_the_message_nothing_is_given(cast, monkeypatch):
    def fail(*_, **__):
        raise RuntimeError("the database is full")

    monkeypatch.setattr("keyconsole.aws_accounts.told.announce", fail)
    for command in (("grant_role", "dan", "approver"), ("group", "security", "--add", "dan")):
        with pytest.raises(RuntimeError), transaction.atomic():
            run(*command)
    assert not RoleGrant.objects.filter(person=cast.dan).exists()
    assert not cast.dan.memberships.exists()
