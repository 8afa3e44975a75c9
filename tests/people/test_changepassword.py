"""`manage.py changepassword`: ours and not Django's. Recorded, and the person's sessions are over."""

from __future__ import annotations

import io

import pytest
from django.contrib.sessions.models import Session
from django.core.management import get_commands
from django.utils import timezone

from keyconsole.audit.models import Entry
from keyconsole.notifications.models import Delivery
from keyconsole.people.tokens import make_token
from tests.cast import PASSWORD
from tests.changes.commands import DONE, REFUSED, USAGE, manage

pytestmark = pytest.mark.django_db
NEW = "another horse, another staple"


def test_it_is_ours():
    assert get_commands()["changepassword"] == "keyconsole.people"


def test_it_changes_the_password_records_it_and_ends_their_sessions(cast, client_as, monkeypatch):
    ben, bea = client_as("ben"), client_as("bea")
    assert ben.get("/keys/").status_code == bea.get("/keys/").status_code == 200
    monkeypatch.setenv("KEYCONSOLE_PASSWORD", NEW)
    said = manage("changepassword", "ben")
    assert (said.status, said.out) == (DONE, "ben has a new password; 1 session ended.\n")
    assert Session.objects.count() == 1
    assert (ben.get("/keys/").status_code, bea.get("/keys/").status_code) == (302, 200)
    cast.ben.refresh_from_db()
    assert cast.ben.check_password(NEW)
    entry = Entry.objects.get(event="person.password_changed")
    assert (entry.actor, entry.subject) == ("the terminal of keys-1, as OS user root", "ben")
    assert entry.data == {"sessions_ended": 1}


def test_it_tells_of_tokens_that_still_hold(cast, monkeypatch):
    make_token(cast.ben, name="ci", days=1, via="here", now=timezone.now())
    monkeypatch.setenv("KEYCONSOLE_PASSWORD", NEW)
    assert "Tokens of ben that still hold: 1." in manage("changepassword", "ben").out


@pytest.mark.parametrize("password", ["short", "password1234", "12345678901234"])
def test_a_weak_one_changes_nothing(cast, password, monkeypatch):
    monkeypatch.setenv("KEYCONSOLE_PASSWORD", password)
    assert manage("changepassword", "ben").status == REFUSED
    cast.ben.refresh_from_db()
    assert cast.ben.check_password(PASSWORD)
    assert not Entry.objects.exists()


def test_nobody_of_that_name_is_a_usage_error(cast):
    assert manage("changepassword", "nobody").status == USAGE


def test_it_may_be_piped_or_typed_twice(cast, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{NEW}\n"))
    assert manage("changepassword", "ben").status == DONE
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    typed = iter([NEW, "something else"])
    monkeypatch.setattr("getpass.getpass", lambda _prompt: next(typed))
    assert manage("changepassword", "bea").status == USAGE
    assert Entry.objects.filter(event="person.password_changed").count() == 1


def test_on_the_page_it_is_recorded_too(cast, client_as):
    client = client_as("ben")
    sent = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
    assert client.post("/password/", sent).status_code == 302
    entry = Entry.objects.get(event="person.password_changed")
    assert (entry.actor, entry.subject) == ("ben", "ben")


def test_administrators_hear_of_a_new_password_for_who_holds_power_over_others(cast, monkeypatch, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    type(cast.ada).objects.filter(pk=cast.ada.pk).update(email="ada@example.org")
    monkeypatch.setenv("KEYCONSOLE_PASSWORD", NEW)
    assert manage("changepassword", "ana").status == DONE
    assert not Delivery.objects.exists()
    assert manage("changepassword", "ben").status == DONE
    letter = Delivery.objects.get()
    assert (letter.topic, str(letter.person)) == ("access.changed", "ada")
    assert "give ben, who holds approver in payments" in letter.body
