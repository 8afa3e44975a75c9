"""Who hears of edits of AWS accounts, wherever they are made."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from pytest_django import Settings

from keyconsole.aws_accounts.register import Origin, add_account, change_account
from keyconsole.notifications.models import Delivery
from keyconsole.policies.account_edits.propose import agree, reject
from tests.cast import NOW, Cast
from tests.policies.account_edits.conftest import OTHER, Propose

LATER = NOW + timedelta(hours=1)


@pytest.fixture(autouse=True)
def _reachable(cast: Cast, settings: Settings) -> None:
    for name in ("ana", "ben", "bea", "cleo", "dan", "ada"):
        person = getattr(cast, name)
        person.email = f"{name}@example.org"
        person.save()


def heard(topic: str) -> list[str]:
    found = Delivery.objects.filter(topic=topic, person__isnull=False)
    return sorted(found.values_list("person__username", flat=True))


def told(topic: str) -> str:
    return str(Delivery.objects.filter(topic=topic).latest("pk").body)


def test_those_who_have_to_agree_are_asked(cast: Cast, propose: Propose) -> None:
    propose()
    assert heard("account.needs_you") == ["bea", "ben"]
    assert OTHER in told("account.needs_you")
    assert "keyconsole-1" not in told("account.needs_you")


def test_those_who_took_part_hear_how_it_ended(cast: Cast, propose: Propose) -> None:
    edit = propose()
    agree(edit, by=cast.ben, sha256=edit.sha256, now=LATER)
    reject(edit, by=cast.bea, reason="That role may do anything.", now=LATER)
    assert heard("account.edit_decided") == ["ada", "bea", "ben"]
    assert "was rejected by bea" in told("account.edit_decided")


def test_others_hear_of_what_the_terminal_changed(cast: Cast) -> None:
    call_command("change_account", "payments", f"--role-arn={OTHER}", "--no-test", stdout=StringIO())
    assert heard("account.changed") == ["ada", "bea", "ben"]
    assert OTHER in told("account.changed")


def test_others_hear_of_a_new_account(cast: Cast) -> None:
    add_account("444455556666", name="new", origin=Origin.TERMINAL, by="ada", now=NOW)
    assert heard("account.changed") == []
    add_account(
        "555566667777",
        name="newer",
        origin=Origin.PAGE,
        by="root",
        now=NOW,
        role_arn="arn:aws:iam::555566667777:role/K",
    )
    assert heard("account.changed") == ["ada"]


def test_a_new_name_is_told_to_nobody(cast: Cast) -> None:
    change_account(cast.payments, origin=Origin.PAGE, by="root", now=NOW, name="cards")
    assert heard("account.changed") == []
