"""Signing in with a second factor: it is asked for, counts once, is counted, and stands in the record."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from keyconsole.audit.models import Entry
from keyconsole.people.factors.held import second_factors
from tests.cast import Cast
from tests.passkey import Passkey
from tests.people.factors.holding import SECRET, code, give_codes, give_passkey, give_totp
from tests.web.factors.signing_in import SECOND, browser, is_signed_in, type_password

pytestmark = pytest.mark.django_db
TOO_MANY = "Too many failed login attempts"


def proofs() -> list[object]:
    rows = Entry.objects.filter(event="person.signed_in").order_by("number")
    return [data["proofs"] for data in rows.values_list("data", flat=True)]


def refused() -> list[tuple[str, object]]:
    rows = Entry.objects.filter(event="person.sign_in_failed").order_by("number")
    return [(actor, data.get("proof")) for actor, data in rows.values_list("actor", "data")]


def text(answer) -> str:
    return str(answer.content.decode()).replace("&#x27;", "'")


def test_the_password_alone_does_not_open_anything(cast: Cast):
    give_totp(cast.ana)
    client = browser()
    assert type_password(client, "ana").headers["Location"] == SECOND
    assert not is_signed_in(client)
    assert proofs() == []


def test_password_and_code_open_the_page_that_was_asked_for(cast: Cast):
    give_totp(cast.ana)
    client = browser()
    type_password(client, "ana", query="?next=/keys/")
    answer = client.post(SECOND, {"code": code()})
    assert answer.headers["Location"] == "/keys/"
    assert is_signed_in(client)
    assert proofs() == [["password", "totp"]]
    assert second_factors(cast.ana)[0].last_used_at is not None


def test_a_recovery_code_opens_once_and_the_record_says_so(cast: Cast):
    give_totp(cast.ana)
    codes = give_codes(cast.ana)
    for client in (browser(), browser()):
        type_password(client, "ana")
        client.post(SECOND, {"code": codes[0]})
    assert not is_signed_in(client)
    assert proofs() == [["password", "recovery code"]]
    assert Entry.objects.filter(event="factor.recovery_code_used", actor="ana").count() == 1
    assert refused() == [("ana", "code")]


def test_a_code_that_signed_in_does_not_sign_in_in_another_tab(cast: Cast):
    give_totp(cast.ana)
    one, other = browser(), browser()
    for tab in (one, other):
        type_password(tab, "ana")
    shown = code()
    one.post(SECOND, {"code": shown})
    answer = other.post(SECOND, {"code": shown})
    assert is_signed_in(one)
    assert not is_signed_in(other)
    assert "used already" in text(answer)


def test_nor_does_it_half_a_minute_later_while_its_step_is_tolerated(cast: Cast):
    """The sign-in library would forget a used code after thirty seconds, and take it for ninety."""
    give_totp(cast.ana)
    begun = timezone.now()
    with time_machine.travel(begun, tick=False):
        shown = code()
        one = browser()
        type_password(one, "ana")
        one.post(SECOND, {"code": shown})
        assert is_signed_in(one)
    with time_machine.travel(begun + timedelta(seconds=31), tick=False):
        other = browser()
        type_password(other, "ana")
        other.post(SECOND, {"code": shown})
        assert not is_signed_in(other)


def test_a_wrong_code_is_recorded_and_says_what_to_type(cast: Cast):
    give_totp(cast.ana)
    client = browser()
    type_password(client, "ana")
    answer = client.post(SECOND, {"code": "000000"})
    assert "Type the present code of your app, or a recovery code" in text(answer)
    assert refused() == [("ana", "code")]
    assert "000000" not in str(list(Entry.objects.values_list("event", "actor", "subject", "data")))


def test_guessing_codes_is_slowed_down_from_wherever_it_comes(cast: Cast):
    give_totp(cast.ana)
    for number in range(5):
        client = browser(REMOTE_ADDR=f"203.0.113.{number}")
        type_password(client, "ana")
        assert TOO_MANY not in text(client.post(SECOND, {"code": f"00000{number}"}))
    client = browser(REMOTE_ADDR="198.51.100.7")
    type_password(client, "ana")
    assert TOO_MANY in text(client.post(SECOND, {"code": code()}))
    with time_machine.travel(timezone.now() + timedelta(minutes=6)):
        client = browser(REMOTE_ADDR="198.51.100.7")
        type_password(client, "ana")
        client.post(SECOND, {"code": code(secret=SECRET)})
        assert is_signed_in(client)


def test_who_knows_no_password_locks_nobodys_second_factor(cast: Cast):
    give_totp(cast.ana)
    for number in range(8):
        client = browser(REMOTE_ADDR=f"203.0.113.{number}")
        type_password(client, "ana", "a guess")
        client.post(SECOND, {"code": "000000"})
    client = browser()
    type_password(client, "ana")
    client.post(SECOND, {"code": code()})
    assert is_signed_in(client)


def test_somebody_who_is_disabled_between_the_two_does_not_come_in(cast: Cast):
    give_totp(cast.ana)
    client = browser()
    type_password(client, "ana")
    cast.ana.is_active = False
    cast.ana.save()
    client.post(SECOND, {"code": code()})
    assert not is_signed_in(client)
    assert proofs() == []


def test_a_database_with_another_secret_key_says_so_in_a_sentence(cast: Cast, settings):
    give_totp(cast.ana)
    codes = give_codes(cast.ana)
    settings.SECRET_KEY = "another-secret-key-" + "y" * 40
    client = browser()
    type_password(client, "ana")
    for typed in (code(), codes[0]):
        answer = client.post(SECOND, {"code": typed})
        assert answer.status_code == 200
        assert "it was set up under another KEYCONSOLE_SECRET_KEY" in text(answer)
    assert not is_signed_in(client)


def test_the_page_of_the_second_factor_is_nobodys_without_the_password(cast: Cast):
    give_totp(cast.ana)
    for method in ("get", "post"):
        answer = getattr(browser(), method)(SECOND)
        assert answer.headers["Location"] == "/sign-in/"


def test_a_password_of_a_quarter_of_an_hour_ago_is_typed_again(cast: Cast):
    give_totp(cast.ana)
    client = browser()
    type_password(client, "ana")
    with time_machine.travel(timezone.now() + timedelta(minutes=16)):
        assert client.post(SECOND, {"code": code()}).headers["Location"] == "/sign-in/"
        assert not is_signed_in(client)


def test_without_passkeys_the_page_asks_for_none(cast: Cast):
    give_totp(cast.ana)
    client = browser()
    type_password(client, "ana")
    assert "passkey" not in client.get(SECOND).content.decode().lower()


def test_with_a_passkey_alone_a_code_can_still_be_typed(cast: Cast):
    """A recovery code, that is; where no passkey works, as at an address of numbers, nothing else does."""
    client, number = browser(), browser(SERVER_NAME="127.0.0.1")
    give_passkey(cast.ana, credential=made_up())
    for each in (client, number):
        type_password(each, "ana")
    assert "passkey-button" in client.get(SECOND).content.decode()
    assert "passkey-button" not in number.get(SECOND).content.decode()
    codes = give_codes(cast.ana)
    number.post(SECOND, {"code": codes[0]})
    assert is_signed_in(number)


def made_up():
    return json.loads(Passkey().create({"publicKey": {"user": {"id": "MQ"}, "challenge": "eHg"}}))


@pytest.mark.parametrize("garbage", ["\x00", "a" * 10_000, "０１２３４５", "-", " "])  # noqa: RUF001
def test_garbage_is_a_wrong_code(cast: Cast, garbage):
    give_totp(cast.ana)
    client = browser()
    type_password(client, "ana")
    assert client.post(SECOND, {"code": garbage}).status_code == 200
    assert not is_signed_in(client)
