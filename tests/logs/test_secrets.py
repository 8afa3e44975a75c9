"""What is taken out of a line, wherever it comes from, and what is left."""

from __future__ import annotations

import logging

import pytest

from keyconsole.environment import env_secret
from keyconsole.logs import secrets
from keyconsole.logs.secrets import hide, keep_out
from tests.logs.captured import captured


@pytest.fixture(autouse=True)
def _forget(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(secrets, "_known", {})


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("token keyconsole_" + "aB3" * 15 + "x ends", "token keyconsole_[hidden] ends"),
        ("postgres://ana:hunter22@db/keys", "postgres://[hidden]@db/keys"),
        ("GET /keys/?q=card-vault&page=2 broke", "GET /keys/?[hidden] broke"),
        ("for url: /hook?token=abc (Caused by x)", "for url: /hook?[hidden] (Caused by x)"),
        ("violates\nDETAIL:  Failing row contains (1, my-external-id).", "violates\nDETAIL: [hidden]"),
        (
            "DETAIL:  Failing row contains (1, two\nlines, s3cret).\n\nThe above exception was",
            "DETAIL: [hidden]\n\nThe above exception was",
        ),
        ("{'Authorization': 'Bearer abc'}", "{'Authorization': [hidden]"),
        ("Cookie: __Host-keyconsole=abc; x=y", "Cookie: [hidden]"),
    ],
)
def test_what_looks_like_a_secret_is_hidden(text, written):
    assert hide(text) == written


@pytest.mark.parametrize(
    "text",
    [
        "Is it so? a=b",
        "keyconsole_cache",
        "https://keys.example.org/changes/CR-12/",
        "mrk-1234abcd12ab34cd56ef1234567890ab in eu-west-1, try 2 of 5: AccessDenied",
        "The cookies of ana and the author",
    ],
)
def test_what_does_not_is_left(text):
    assert hide(text) == text


def test_a_secret_of_the_environment_is_hidden_as_it_is_and_as_an_address_holds_it(monkeypatch):
    monkeypatch.setenv("KEYCONSOLE_NOTIFY_DESK", "https://hooks.example/T0KEN/with space")
    env_secret("KEYCONSOLE_NOTIFY_DESK")
    monkeypatch.setenv("KEYCONSOLE_DATABASE_URL", "postgres://ana:hunter%2f22@db/keys")
    env_secret("KEYCONSOLE_DATABASE_URL")
    with captured() as seen:
        logging.getLogger("others").error("cannot reach https://hooks.example/T0KEN/with space now")
        logging.getLogger("others").error("for https%3A%2F%2Fhooks.example%2FT0KEN%2Fwith%20space")
        logging.getLogger("others").error("password hunter/22 or hunter%2f22 is wrong")
    assert "T0KEN" not in seen.everything
    assert "hunter" not in seen.everything


def test_a_secret_in_what_a_line_is_about_or_in_a_traceback_is_hidden():
    keep_out(["a-long-secret"])
    with captured() as seen:
        try:
            int("a-long-secret")
        except ValueError:
            logging.getLogger("others").exception("x", extra={"facts": {"person": "a-long-secret"}})
    assert "a-long-secret" not in seen.everything
    assert seen.everything.count("[hidden]") == 6


def test_the_longer_of_two_secrets_leaves_nothing_of_itself():
    keep_out(["secret", "secret-and-more"])
    assert hide("secret-and-more, secret") == "[hidden], [hidden]"


def test_short_words_are_never_hidden_and_the_list_has_an_end():
    keep_out(
        ["", "key", "no-text-\ud800", *(f"secret-{number:06}" for number in range(secrets.AT_MOST + 50))]
    )
    assert hide("a key") == "a key"
    assert len(secrets._known) == secrets.AT_MOST
    assert hide(f"secret-{secrets.AT_MOST + 49:06}") == "[hidden]"
