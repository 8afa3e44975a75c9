"""Passwords: fifteen characters alone, twelve beside a second factor, on pages and at the terminal alike."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from keyconsole.people.factors.password_rules import is_known_to_be_long
from keyconsole.people.models import PasswordLength
from tests.cast import Cast
from tests.changes.commands import DONE, REFUSED, manage
from tests.people.factors.holding import give_totp

pytestmark = pytest.mark.django_db
TWELVE, FOURTEEN, FIFTEEN = "orchard-plum", "orchard-plum-7", "orchard-plum-78"


def told(password: str, person: User | None = None) -> str:
    try:
        validate_password(password, person)
    except ValidationError as error:
        return " ".join(error.messages)
    return ""


def test_alone_it_needs_fifteen_characters(cast: Cast) -> None:
    assert told(FIFTEEN, cast.ana) == told(FIFTEEN) == ""
    sentence = "This password has 14 characters; it needs at least 15. 12 are enough beside a second factor."
    assert told(FOURTEEN, cast.ana) == told(FOURTEEN) == told(FOURTEEN, User(username="new")) == sentence


def test_beside_a_second_factor_twelve_are_enough(cast: Cast) -> None:
    give_totp(cast.ana)
    assert told(TWELVE, cast.ana) == ""
    assert told(TWELVE[:-1], cast.ana) == "This password has 11 characters; it needs at least 12."
    assert "at least 15" in told(TWELVE, cast.ben)


@pytest.mark.parametrize(
    "password", ["passwordpassword", "aaaaaaaaaaaaaaaaaa", "abcabcabcabcabcabc", "abababababababab"]
)
def test_length_by_repetition_is_seen(password: str) -> None:
    assert "repeats itself" in told(password)


def test_common_ones_and_digits_alone_are_refused_however_long() -> None:
    assert "too common" in told("qwertyuiop123456789") or "too common" in told("1qaz2wsx3edc4rfv")
    assert "numeric" in told("918273645546372819")


def test_the_commands_ask_the_same(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEYCONSOLE_PASSWORD", FOURTEEN)
    for command in (("add_person", "eve"), ("changepassword", "ana")):
        said = manage(*command)
        assert said.status == REFUSED
        assert "at least 15" in said.err
    give_totp(cast.ana)
    assert manage("changepassword", "ana").status == DONE
    monkeypatch.setenv("KEYCONSOLE_PASSWORD", FIFTEEN)
    assert manage("add_person", "eve").status == DONE
    kept = dict(PasswordLength.objects.values_list("person__username", "is_long"))
    assert kept == {"ana": False, "eve": True}


def test_made_passwords_are_long_enough() -> None:
    said = manage("add_person", "eve")
    assert said.status == DONE, said.err
    assert is_known_to_be_long(User.objects.get(username="eve"))


def test_what_is_kept_is_one_answer_and_no_length(cast: Cast) -> None:
    names = {field.name for field in PasswordLength._meta.get_fields()}
    assert names == {"id", "person", "is_long", "set_at"}


def test_the_last_password_counts(cast: Cast) -> None:
    for password, long in ((FIFTEEN, True), (FOURTEEN, False), (FIFTEEN, True)):
        cast.ana.set_password(password)
        cast.ana.save()
        assert is_known_to_be_long(cast.ana) is long
