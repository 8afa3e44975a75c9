"""Second factors come and go with record and message; the last one where the password can stand alone."""

from __future__ import annotations

import pytest
from allauth.mfa.models import Authenticator
from django.utils import timezone

from keyconsole.audit.models import Entry
from keyconsole.notifications.models import Delivery
from keyconsole.people.factors.add import PASSKEYS_AT_MOST, rename_passkey
from keyconsole.people.factors.remove import may_remove, remove
from keyconsole.people.passwords import change_password
from keyconsole.refusals import Invalid, Refused
from tests.cast import Cast
from tests.people.factors.holding import HERE, give_codes, give_passkey, give_totp

pytestmark = pytest.mark.django_db
LONG, SHORT = "four words in a row", "three-words1"


@pytest.fixture(autouse=True)
def _mail(cast: Cast, settings):
    settings.EMAIL_HOST = "mail.example.org"
    cast.ana.email = "ana@example.org"
    cast.ana.save()


def entries(event):
    return list(Entry.objects.filter(event=event).order_by("number").values_list("actor", "subject", "data"))


def subjects():
    return list(Delivery.objects.order_by("pk").values_list("person__username", "subject"))


def choose(person, password):
    change_password(person, password, by="somebody", now=timezone.now())


def test_adding_is_recorded_and_told_to_its_person(cast: Cast):
    give_totp(cast.ana)
    give_passkey(cast.ana, "blue key")
    assert entries("factor.added") == [
        ("ana", "ana", {"kind": "totp", "name": "Authenticator app", "address": HERE}),
        ("ana", "ana", {"kind": "passkey", "name": "blue key", "address": HERE}),
    ]
    assert subjects() == [
        ("ana", "A second factor was added, Authenticator app: ana"),
        ("ana", "A second factor was added, blue key: ana"),
    ]


def test_a_second_app_is_refused(cast: Cast):
    give_totp(cast.ana)
    with pytest.raises(Refused, match="set up already"):
        give_totp(cast.ana)
    assert len(entries("factor.added")) == 1


def test_there_is_a_bound_on_passkeys(cast: Cast):
    for number in range(PASSKEYS_AT_MOST):
        give_passkey(cast.ana, f"key {number}")
    with pytest.raises(Refused, match="Remove one first"):
        give_passkey(cast.ana)


@pytest.mark.parametrize("name", ["", "   ", "x" * 61, "blue\x00key", "blue\u202ekey"])
def test_a_name_is_plain_text(cast: Cast, name):
    with pytest.raises(Invalid):
        give_passkey(cast.ana, name)
    passkey = give_passkey(cast.ana)
    with pytest.raises(Invalid):
        rename_passkey(passkey, name, address=HERE, now=timezone.now())


def test_another_name_is_recorded_and_the_same_one_is_not(cast: Cast):
    passkey = give_passkey(cast.ana, "blue key")
    for name in ("green key", "green key"):
        rename_passkey(passkey, name, address=HERE, now=timezone.now())
    data = {"kind": "passkey", "from": "blue key", "to": "green key", "address": HERE}
    assert entries("factor.renamed") == [("ana", "ana", data)]


def test_removing_one_of_two_leaves_the_codes_and_asks_nothing_of_the_password(cast: Cast):
    app, passkey = give_totp(cast.ana), give_passkey(cast.ana)
    give_codes(cast.ana)
    remove(app, address=HERE, now=timezone.now())
    assert set(Authenticator.objects.values_list("type", flat=True)) == {"webauthn", "recovery_codes"}
    [(_, _, data)] = entries("factor.removed")
    assert data == {"kind": "totp", "name": "Authenticator app", "was_the_last": False, "address": HERE}
    assert subjects()[-1] == ("ana", "A second factor was removed, Authenticator app: ana")
    assert passkey.pk


def test_a_password_that_nobody_measured_keeps_the_last_factor(cast: Cast):
    """Those of people from before there was a rule: nobody knows how long they are."""
    app = give_totp(cast.ana)
    assert "at least 15 has to be chosen first" in str(may_remove(app).reasons[0])
    with pytest.raises(Refused, match="at least 15"):
        remove(app, address=HERE, now=timezone.now())
    assert entries("factor.removed") == []


def test_a_short_password_keeps_the_last_factor_and_a_long_one_lets_it_go(cast: Cast):
    app = give_totp(cast.ana)
    give_codes(cast.ana)
    choose(cast.ana, LONG)
    choose(cast.ana, SHORT)
    with pytest.raises(Refused, match="at least 15"):
        remove(app, address=HERE, now=timezone.now())
    choose(cast.ana, LONG)
    remove(app, address=HERE, now=timezone.now())
    assert not Authenticator.objects.exists()
    [(_, _, data)] = entries("factor.removed")
    assert data["was_the_last"] is True
    assert "the recovery codes ended with it" in Delivery.objects.order_by("-pk")[0].body


def test_what_is_gone_is_not_removed_twice(cast: Cast):
    app, _ = give_totp(cast.ana), give_passkey(cast.ana)
    remove(app, address=HERE, now=timezone.now())
    app.pk = 999_999
    with pytest.raises(Refused, match="removed already"):
        remove(app, address=HERE, now=timezone.now())


def test_without_its_record_nothing_is_added_or_removed(cast: Cast, monkeypatch):
    choose(cast.ana, LONG)
    app = give_totp(cast.ana)

    def broken(*_, **__):
        raise RuntimeError("the record cannot be written")

    monkeypatch.setattr("keyconsole.people.factors.add.record", broken)
    monkeypatch.setattr("keyconsole.people.factors.remove.record", broken)
    with pytest.raises(RuntimeError):
        give_passkey(cast.ana)
    with pytest.raises(RuntimeError):
        remove(app, address=HERE, now=timezone.now())
    assert Authenticator.objects.get().type == "totp"
