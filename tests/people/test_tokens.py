"""Tokens: made with a password, shown once, kept as a hash; ended or expired, they prove nothing."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from keyconsole.audit.models import Entry
from keyconsole.people.models import PersonalToken
from keyconsole.people.tokens import is_well_formed, make_token, new_secret, token_with
from keyconsole.refusals import Invalid
from tests.cast import PASSWORD
from tests.changes.commands import DONE, REFUSED, USAGE, manage

pytestmark = pytest.mark.django_db


@pytest.fixture
def secret(cast, monkeypatch):
    monkeypatch.setenv("KEYCONSOLE_PASSWORD", PASSWORD)
    said = manage("token", "create", "ci", "--as", "ana", "--days", "30")
    assert said.status == DONE
    monkeypatch.delenv("KEYCONSOLE_PASSWORD")
    monkeypatch.setenv("KEYCONSOLE_TOKEN", said.out.strip())
    return said.out.strip()


def use(by="ana"):
    """A verb that Ana may not do, which she hears after she has proved herself."""
    return manage("freeze", "--why", "x", "--as", by)


def refused_because():
    return Entry.objects.filter(event="token.refused").latest("number").data.get("why")


def test_the_secret_is_shown_once_and_kept_as_a_hash_alone(secret):
    assert re.fullmatch(r"keyconsole_[0-9A-Za-z]{46}", secret)
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM people_personaltoken")
        assert secret[20:] not in str(cursor.fetchall())
    listed = manage("token", "list")
    assert secret not in listed.out + listed.err
    assert listed.out.startswith("ana: ci, until ")
    made = Entry.objects.get(event="token.made")
    assert (made.actor, made.data["token"], made.data["proof"]) == ("ana", "ci", "password")
    assert secret not in json.dumps(list(Entry.objects.values()), default=str)


def test_each_secret_is_another_and_a_slip_is_known_by_its_checksum():
    secrets = {new_secret() for _ in range(50)}
    assert len(secrets) == 50
    for each in secrets:
        assert is_well_formed(each)
        wrong = each[:-1] + ("0" if each[-1] != "0" else "1")
        assert not is_well_formed(wrong)
    for text in ("", "keyconsole_", "ghp_" + "a" * 36, "keyconsole_" + "ä" * 46, "\x00"):
        assert not is_well_formed(text)
        assert token_with(text) is None


def test_it_is_accepted_and_its_last_use_is_kept(secret):
    use()
    token = PersonalToken.objects.get()
    assert token.last_used_at is not None
    assert token.last_used_via == "at the terminal of keys-1, as OS user root"
    assert Entry.objects.filter(event="person.proved", data__proof="the token ci").exists()
    assert "last used" in manage("token", "list", "--of", "ana").out
    assert json.loads(manage("token", "list", "--json").out)[0]["last_used_at"]


def test_ended_it_proves_nothing_and_the_operator_may_end_it(secret):
    assert manage("token", "revoke", "ana", "ci").status == DONE
    ended = Entry.objects.get(event="token.ended")
    assert (ended.actor, ended.subject) == ("the terminal of keys-1, as OS user root", "ana")
    assert use().status == REFUSED
    assert refused_because() == "it was ended"
    assert manage("token", "revoke", "ana", "ci").status == REFUSED
    assert "ended" in manage("token", "list").out


def test_expired_it_proves_nothing(secret):
    PersonalToken.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert use().status == REFUSED
    assert refused_because().startswith("it expired at ")
    assert "expired" in manage("token", "list").out


def test_a_disabled_persons_token_proves_nothing(secret, cast):
    cast.ana.is_active = False
    cast.ana.save()
    assert use().status == REFUSED
    assert refused_because() == "its person may not act here"
    assert "does not count" in manage("token", "list").out


def test_an_unknown_token_is_refused_and_a_flood_is_recorded_in_part(cast, monkeypatch):
    monkeypatch.setenv("KEYCONSOLE_TOKEN", new_secret())
    for _ in range(8):
        assert use().status == REFUSED
    assert Entry.objects.filter(event="token.refused", subject="unknown token").count() == 5


def test_wrong_tokens_lock_out_no_right_one(secret, cast, monkeypatch):
    monkeypatch.setenv("KEYCONSOLE_TOKEN", new_secret())
    for _ in range(8):
        use()
    monkeypatch.setenv("KEYCONSOLE_TOKEN", secret)
    use()
    assert Entry.objects.filter(event="person.proved", data__proof="the token ci").count() == 1


def test_a_token_makes_no_token(secret):
    said = manage("token", "create", "another", "--as", "ana")
    assert said.status == USAGE
    assert "KEYCONSOLE_TOKEN" not in said.err
    assert PersonalToken.objects.count() == 1


def test_a_name_is_one_token_until_it_is_ended(secret, cast):
    now = timezone.now()
    with pytest.raises(Invalid, match="already"):
        make_token(cast.ana, name="ci", days=1, via="here", now=now)
    make_token(cast.ben, name="ci", days=1, via="here", now=now)
    manage("token", "revoke", "ana", "ci")
    make_token(cast.ana, name="ci", days=1, via="here", now=now)


@pytest.mark.parametrize(
    ("name", "days"), [("", 1), ("x" * 61, 1), ("a\nb", 1), ("\x1b[2J", 1), ("ci", 0), ("ci", 367)]
)
def test_what_cannot_be_is_refused(cast, name, days):
    with pytest.raises(Invalid):
        make_token(cast.ana, name=name, days=days, via="here", now=timezone.now())
    assert not PersonalToken.objects.exists()
