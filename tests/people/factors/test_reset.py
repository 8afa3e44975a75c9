"""`manage.py reset_second_factors`: for who has lost everything. Recorded, sessions end, many hear of it."""

from __future__ import annotations

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.sessions.models import Session

from keyconsole.audit.models import Entry
from keyconsole.aws_accounts.roles import Role
from keyconsole.notifications.models import Delivery
from tests.cast import Cast, make_person
from tests.changes.commands import DONE, REFUSED, USAGE, manage
from tests.people.factors.holding import give_codes, give_passkey, give_totp

pytestmark = pytest.mark.django_db
LONG = "four words in a row"


@pytest.fixture(autouse=True)
def _mail(cast: Cast, settings):
    settings.EMAIL_HOST = "mail.example.org"
    abel = make_person("abel", Role.ADMINISTRATOR, accounts=(cast.payments,))
    alma = make_person("alma", Role.ADMINISTRATOR)
    alma.is_active = False
    for person in (cast.ana, cast.ben, cast.ada, abel, alma):
        person.email = f"{person.username}@example.org"
        person.save()


def choose(person, password, monkeypatch):
    monkeypatch.setenv("KEYCONSOLE_PASSWORD", password)
    assert manage("changepassword", person.username).status == DONE


def test_everything_goes_and_it_is_recorded_and_told(cast: Cast, client_as, monkeypatch):
    give_totp(cast.ana)
    give_passkey(cast.ana, "blue key")
    give_codes(cast.ana)
    choose(cast.ana, LONG, monkeypatch)
    ana, ben = client_as("ana"), client_as("ben")
    Delivery.objects.all().delete()
    said = manage("reset_second_factors", "ana")
    assert said.status == DONE, said.err
    assert "Removed from ana: Authenticator app (totp), blue key (passkey). 1 session ended." in said.out
    assert not Authenticator.objects.exists()
    assert (ana.get("/help/").status_code, ben.get("/help/").status_code) == (302, 200)
    assert Session.objects.count() == 1
    entry = Entry.objects.get(event="factors.reset")
    assert (entry.actor, entry.subject) == ("the terminal of keys-1, as OS user root", "ana")
    assert entry.data == {
        "removed": ["Authenticator app (totp)", "blue key (passkey)"],
        "sessions_ended": 1,
        "host": "keys-1",
        "os_user": "root",
    }
    told = Delivery.objects.filter(topic="person.factors_reset").values_list("person__username", flat=True)
    assert sorted(told) == ["ada", "ana"]


def test_a_password_that_could_not_stand_alone_comes_first(cast: Cast):
    give_totp(cast.ana)
    said = manage("reset_second_factors", "ana")
    assert said.status == REFUSED
    assert "manage.py changepassword ana" in said.err
    assert Authenticator.objects.count() == 1
    assert not Entry.objects.filter(event="factors.reset").exists()


def test_who_has_none_and_who_is_not_there(cast: Cast):
    said = manage("reset_second_factors", "ana")
    assert (said.status, said.err) == (REFUSED, "Refused: ana has no second factor.")
    assert manage("reset_second_factors", "nobody").status in {REFUSED, USAGE}
