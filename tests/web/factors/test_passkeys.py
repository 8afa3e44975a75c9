"""Passkeys: as the whole sign-in, after the password, and what is no right answer of one."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
import time_machine
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import User
from django.test import override_settings
from django.utils import timezone

from keyconsole.audit.models import Entry
from keyconsole.people.factors.held import second_factors
from tests.cast import Cast
from tests.passkey import Passkey, encoded
from tests.web.factors.signing_in import (
    ADD_PASSKEY,
    ALONE,
    SECOND,
    begin_alone,
    browser,
    fresh,
    fresh_by_passkey,
    is_signed_in,
    options_of,
    set_up_passkey,
    signed_in,
    type_password,
)

pytestmark = pytest.mark.django_db
MADE_UP = '{"id": "x", "type": "public-key"}'


@pytest.fixture
def passkey(cast: Cast) -> Passkey:
    return set_up_passkey(fresh(signed_in(cast.ana)))


def entries(event):
    return list(Entry.objects.filter(event=event).order_by("number").values_list("actor", "data"))


def test_a_passkey_is_the_whole_sign_in(cast: Cast, passkey: Passkey):
    client = browser()
    answer = client.post(ALONE, {"credential": passkey.answer(begin_alone(client)), "next": "/keys/"})
    assert answer.headers["Location"] == "/keys/"
    assert is_signed_in(client)
    assert entries("person.signed_in")[-1] == ("ana", {"address": "127.0.0.1", "proofs": ["passkey"]})
    assert second_factors(cast.ana)[0].last_used_at is not None


def test_it_leads_to_no_page_elsewhere(cast: Cast, passkey: Passkey):
    client = browser()
    form = {"credential": passkey.answer(begin_alone(client)), "next": "https://evil.example/"}
    assert client.post(ALONE, form).headers["Location"] == "/"


def test_after_the_password_it_is_the_second_factor(cast: Cast):
    key = set_up_passkey(fresh(signed_in(cast.ana)), alone=False)
    key.verifies = False
    client = browser()
    assert type_password(client, "ana", query="?next=/keys/").headers["Location"] == SECOND
    options = options_of(client.get(SECOND))
    assert [each["id"] for each in options["publicKey"]["allowCredentials"]]
    assert client.post(SECOND, {"credential": key.answer(options)}).headers["Location"] == "/keys/"
    assert entries("person.signed_in")[-1][1]["proofs"] == ["password", "passkey"]


def test_a_key_that_verifies_nobody_does_not_sign_in_alone(cast: Cast, passkey: Passkey):
    passkey.verifies = False
    client = browser()
    client.post(ALONE, {"credential": passkey.answer(begin_alone(client))})
    assert not is_signed_in(client)


def test_an_answer_counts_once_and_only_for_its_own_question(cast: Cast, passkey: Passkey):
    first, second = browser(), browser()
    answer = passkey.answer(begin_alone(first))
    begin_alone(second)
    second.post(ALONE, {"credential": answer})
    assert not is_signed_in(second)
    first.post(ALONE, {"credential": answer})
    assert is_signed_in(first)
    first.post("/sign-out/")
    first.post(ALONE, {"credential": answer})
    assert not is_signed_in(first)


def test_neither_another_site_nor_another_host_nor_another_key_comes_in(cast: Cast, passkey: Passkey):
    for change in (
        {"origin": "https://evil.example"},
        {"rp_id": "evil.example"},
        {"key": Passkey().key},
        {"id": b"x"},
    ):
        before = {name: getattr(passkey, name) for name in change}
        for name, value in change.items():
            setattr(passkey, name, value)
        client = browser()
        answer = client.post(ALONE, {"credential": passkey.answer(begin_alone(client))})
        assert answer.headers["Location"] == "/sign-in/"
        assert not is_signed_in(client), change
        for name, value in before.items():
            setattr(passkey, name, value)


def test_another_persons_handle_does_not_make_it_theirs(cast: Cast, passkey: Passkey):
    for pk in (cast.ada.pk, 999_999):
        client = browser()
        handle = encoded(user_pk_to_url_str(User(pk=pk)).encode())
        client.post(ALONE, {"credential": passkey.answer(begin_alone(client), user_handle=handle)})
        assert not is_signed_in(client)


def test_a_disabled_person_does_not_come_in_and_is_told_no_more_than_others(cast: Cast, passkey: Passkey):
    cast.ana.is_active = False
    cast.ana.save()
    client = browser()
    answer = client.post(ALONE, {"credential": passkey.answer(begin_alone(client))})
    assert answer.headers["Location"] == "/sign-in/"
    assert "This proof was not accepted" in client.get("/sign-in/").content.decode()
    assert len(entries("person.signed_in")) == 1
    assert entries("person.sign_in_failed") == [
        ("unknown person", {"address": "127.0.0.1", "proof": "passkey"})
    ]


def garbage():
    good = json.loads(Passkey().create({"publicKey": {"user": {"id": "MQ"}, "challenge": "eHg"}}))
    yield from ("", "null", "[]", "{}", "1", '"x"', "not json", "[" * 2000, '{"response": []}')
    yield from ('{"response": {}}', '{"id": 1, "rawId": 1, "type": 1, "response": 1}', '{"id": "\\u0000"}')
    for name in good:
        yield json.dumps({**good, name: None})
        yield json.dumps({**good, name: []})
        yield json.dumps({key: value for key, value in good.items() if key != name})
    for name in ("clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"):
        for value in ("", "AAAA", None, 7, "é", "o2NmbXQ", "_" * 5000, "gICAgICAgICA"):
            yield json.dumps({**good, "response": {**good["response"], name: value}})


@pytest.mark.parametrize("where", ["alone", "second", "again", "add"])
def test_a_made_up_answer_is_refused_and_never_an_error(cast: Cast, passkey: Passkey, where: str, settings):
    settings.MFA_RATE_LIMITS = {"webauthn_login": "", "webauthn_login_begun": ""}
    settings.ACCOUNT_RATE_LIMITS = {"login_failed": "", "reauthenticate": ""}
    client = browser() if where in {"alone", "second"} else signed_in_with(passkey)
    if where == "second":
        type_password(client, "ana")
    path = {"alone": ALONE, "second": SECOND, "again": "/sign-in/again/passkey/", "add": ADD_PASSKEY}[where]
    if where == "add":
        fresh_by_passkey(client, passkey)
    for text in garbage():
        begin_alone(client) if where == "alone" else client.get(path)
        answer = client.post(path, {"credential": text, "name": "x"})
        assert answer.status_code < 500, text
        assert where in {"again", "add"} or not is_signed_in(client)
    assert len(second_factors(cast.ana)) == 1


def signed_in_with(passkey: Passkey):
    client = browser()
    client.post(ALONE, {"credential": passkey.answer(begin_alone(client))})
    assert is_signed_in(client)
    return client


def test_a_key_that_is_removed_does_not_come_in(cast: Cast, passkey: Passkey):
    set_up_passkey(fresh_by_passkey(signed_in_with(passkey), passkey), name="green key")
    Authenticator.objects.get(user=cast.ana, data__name="blue key").delete()
    client = browser()
    client.post(ALONE, {"credential": passkey.answer(begin_alone(client))})
    assert not is_signed_in(client)


def test_attempts_with_passkeys_lock_nobody_out_and_are_counted_by_address(cast: Cast, passkey: Passkey):
    for _ in range(40):
        client = browser(REMOTE_ADDR="203.0.113.9")
        bad = client.post(ALONE, {"credential": MADE_UP})
    assert bad.status_code == 429
    assert "Too many attempts" in bad.content.decode()
    elsewhere = browser(REMOTE_ADDR="198.51.100.7")
    elsewhere.post(ALONE, {"credential": passkey.answer(begin_alone(elsewhere))})
    assert is_signed_in(elsewhere)
    assert len(entries("person.sign_in_failed")) == 30


def test_beginning_is_counted_too_since_it_makes_a_session(cast: Cast):
    answers = [browser().get(ALONE, headers={"Accept": "application/json"}).status_code for _ in range(62)]
    assert answers[:60] == [200] * 60
    assert answers[60:] == [429] * 2


@override_settings(ALLAUTH_TRUSTED_PROXY_COUNT=1)
def test_behind_a_proxy_the_last_address_counts_and_nobody_writes_another(cast: Cast, passkey: Passkey):
    def status(forwarded: str) -> int:
        client = browser(REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR=forwarded)
        return int(client.post(ALONE, {"credential": MADE_UP}).status_code)

    answers = [status(f"192.0.2.{number}, 203.0.113.9") for number in range(31)]
    assert answers[-1] == 429
    assert status("203.0.113.9, 198.51.100.7") == 302
    assert entries("person.sign_in_failed")[0][1]["address"] == "203.0.113.9"


def test_the_whole_sign_in_counts_as_such_and_not_as_a_fresh_proof(cast: Cast, passkey: Passkey):
    client = signed_in_with(passkey)
    assert client.get(ADD_PASSKEY).headers["Location"].startswith("/sign-in/again/")


def test_a_challenge_of_another_day_is_over_with_its_session(cast: Cast, passkey: Passkey):
    client = browser()
    options = begin_alone(client)
    with time_machine.travel(timezone.now() + timedelta(hours=13)):
        client.post(ALONE, {"credential": passkey.answer(options)})
        assert not is_signed_in(client)
