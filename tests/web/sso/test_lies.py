"""Whatever a provider or somebody between may send: nobody comes in, a page says why, the record too."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from keyconsole.audit.models import Entry
from keyconsole.people.sso.oidc import asking, discovery
from tests.form_client import FormClient
from tests.sso.hostile_provider import CLIENT_SECRET, Hostile
from tests.sso.signing_in import come_back, go_there, sign_in

pytestmark = pytest.mark.django_db


def lies(**claims: Any) -> Callable[[Hostile], None]:
    return lambda provider: provider.claims.update(claims)


def says(**facts: Any) -> Callable[[Hostile], None]:
    def lie(provider: Hostile) -> None:
        for name, value in facts.items():
            setattr(provider, name, value)

    return lie


def ago(seconds: int) -> int:
    return int(time.time()) - seconds


LIES: dict[str, tuple[Callable[[Hostile], None], str]] = {
    "another issuer": (lies(iss="https://evil.example"), "wrong-issuer"),
    "for another program": (lies(aud="other"), "wrong-audience"),
    "several audiences, nobody named": (lies(aud=["keyconsole", "other"]), "wrong-audience"),
    "another authorized party": (lies(azp="other"), "wrong-audience"),
    "another nonce": (says(nonce="replayed"), "nonce-differs"),
    "no nonce": (lies(nonce=None), "nonce-differs"),
    "expired": (lambda p: p.claims.update(exp=ago(61)), "token-expired"),
    "from the future": (lambda p: p.claims.update(iat=ago(-90), exp=ago(-300)), "not-yet-valid"),
    "no end": (lies(exp=None), "token-malformed"),
    "no time": (lies(iat=None), "token-malformed"),
    "no subject": (lies(sub=""), "token-malformed"),
    "a subject that no database stores": (lies(sub="s\x00"), "token-malformed"),
    "a subject that is too long": (lies(sub="s" * 256), "token-malformed"),
    "a name that is KeyConsole's own": (lies(preferred_username="KeyConsole"), "no-username"),
    "unsigned": (says(algorithm="none"), "not-signed"),
    "signed with our own secret": (
        says(algorithm="HS256", signing_key=CLIENT_SECRET.ljust(64)),
        "not-signed",
    ),
    "another way of signing than discovery names": (says(algorithm="PS256"), "not-signed"),
    "signed with a key that it does not have": (says(signs_with=2), "bad-signature"),
    "signed with another key under the same name": (
        lambda p: setattr(p, "signing_key", _another_key()),
        "bad-signature",
    ),
    "userinfo about somebody else": (says(userinfo={"sub": "s-other"}), "subject-differs"),
    "the code was used before": (says(token_error=(400, "invalid_grant")), "code-refused"),
    "our own secret is wrong": (says(token_error=(401, "invalid_client")), "refused-there"),
}


def _another_key() -> Any:
    from tests.sso.hostile_provider import key_pair

    return key_pair(3)


@pytest.mark.parametrize("what", LIES)
def test_nobody_comes_in_by_a_lie(anonymous: Client, provider: Hostile, what: str) -> None:
    lie, why = LIES[what]
    asked = go_there(anonymous)
    lie(provider)
    response = come_back(anonymous, provider, asked)
    assert response.status_code == 403
    assert why in response.content.decode()
    assert anonymous.get("/").status_code == 302
    assert not User.objects.exists()
    entry = Entry.objects.get()
    assert (entry.event, entry.subject) == ("person.sign_in_failed", "unknown person")
    assert (entry.data["why"], entry.data["via"]) == (why, "single sign-on")


@pytest.mark.parametrize("seconds", [-55, 55])
def test_clocks_may_differ_a_little(anonymous: Client, provider: Hostile, seconds: int) -> None:
    asked = go_there(anonymous)
    provider.claims |= {"iat": ago(seconds), "exp": ago(55)}
    assert come_back(anonymous, provider, asked).status_code == 302


def test_keys_that_were_changed_are_fetched_anew_once(anonymous: Client, provider: Hostile) -> None:
    sign_in(anonymous, provider)
    provider.signs_with, provider.published = 2, [1, 2]
    assert sign_in(FormClient(), provider).status_code == 302
    assert provider.paths().count("/jwks") == 2
    provider.signs_with = 3
    assert sign_in(FormClient(), provider).status_code == 403
    assert provider.paths().count("/jwks") == 3


def test_a_return_counts_once(anonymous: Client, provider: Hostile) -> None:
    asked = go_there(anonymous)
    assert come_back(anonymous, provider, asked).status_code == 302
    again = come_back(anonymous, provider, asked)
    assert again.status_code == 403
    assert "state-lost" in again.content.decode()


def test_a_return_to_another_browser_counts_for_nothing(anonymous: Client, provider: Hostile) -> None:
    asked = go_there(anonymous)
    assert "state-lost" in come_back(FormClient(), provider, asked).content.decode()
    assert "/token" not in provider.paths()


def test_a_return_after_ten_minutes_counts_for_nothing(
    anonymous: Client, provider: Hostile, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = go_there(anonymous)
    later = time.time() + 601
    monkeypatch.setattr("keyconsole.web.sso.began.time.time", lambda: later)
    assert "state-lost" in come_back(anonymous, provider, asked).content.decode()


@pytest.mark.parametrize(
    ("error", "why"), [("access_denied", "cancelled"), ("server_error", "refused-there")]
)
def test_who_cancels_reads_what_to_do(anonymous: Client, provider: Hostile, error: str, why: str) -> None:
    response = come_back(anonymous, provider, go_there(anonymous), code="", error=error)
    assert response.status_code == 403
    assert why in response.content.decode()


def test_an_answer_that_another_provider_mixed_in_is_refused(anonymous: Client, provider: Hostile) -> None:
    mixed = come_back(anonymous, provider, go_there(anonymous), iss="https://evil.example")
    assert "wrong-issuer" in mixed.content.decode()
    provider.metadata["authorization_response_iss_parameter_supported"] = True
    discovery.forget()
    missing = come_back(anonymous, provider, go_there(anonymous))
    assert "wrong-issuer" in missing.content.decode()
    assert come_back(anonymous, provider, go_there(anonymous), iss=provider.issuer).status_code == 302


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"issuer": "https://evil.example"}, "wrong-issuer"),
        ({"token_endpoint": "http://evil.example/token"}, "provider-wrong"),
        ({"jwks_uri": None}, "provider-wrong"),
    ],
)
def test_a_provider_that_describes_itself_wrongly_is_not_gone_to(
    anonymous: Client, provider: Hostile, wrong: dict[str, Any], why: str
) -> None:
    provider.metadata = wrong
    response = anonymous.get("/sign-in/sso/")
    assert response.status_code == 403
    assert why in response.content.decode()


def test_plain_http_is_for_this_very_host_alone() -> None:
    assert asking.is_safe_address("https://id.example.org/x")
    assert asking.is_safe_address("http://127.0.0.1:9/x")
    for wrong in (
        "http://id.example.org/",
        "https://a:b@id.example.org/",
        "ftp://127.0.0.1/",
        "",
        "https://",
    ):
        assert not asking.is_safe_address(wrong)


def test_a_provider_that_is_down_is_said_to_be(anonymous: Client, provider: Hostile) -> None:
    provider.down = True
    assert anonymous.get("/sign-in/sso/").status_code == 503
    provider.down = False
    asked = go_there(anonymous)
    provider.down = True
    response = come_back(anonymous, provider, asked)
    assert response.status_code == 503
    assert "provider-down" in response.content.decode()


def test_a_provider_that_answers_too_slowly_is_not_waited_for(
    anonymous: Client, provider: Hostile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "_READ", 0.2)
    provider.seconds = 1.0
    assert anonymous.get("/sign-in/sso/").status_code == 503


def test_a_provider_that_drips_is_not_waited_for(
    anonymous: Client, provider: Hostile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "SECONDS_AT_MOST", -1.0)
    assert anonymous.get("/sign-in/sso/").status_code == 503


def test_a_page_in_the_place_of_an_answer_is_no_answer(anonymous: Client, provider: Hostile) -> None:
    asked = go_there(anonymous)
    provider.bad_json = True
    assert come_back(anonymous, provider, asked).status_code == 403


def test_a_provider_that_hangs_holds_one_thread_and_no_more(
    anonymous: Client, provider: Hostile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(discovery, "_WAIT_FOR_ANOTHER_SECONDS", 0.05)
    with discovery._asks:
        response = anonymous.get("/sign-in/sso/")
    assert response.status_code == 503
    assert provider.asked == []
    assert anonymous.get("/sign-in/sso/").status_code == 302


def test_so_many_returns_of_one_address_are_enough(
    anonymous: Client, provider: Hostile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("keyconsole.web.sso.failure_page._RETURNS_AT_MOST", 2)
    answers = [sign_in(FormClient(), provider).status_code for _ in range(4)]
    assert answers == [302, 302, 429, 429]


@pytest.mark.parametrize("sent", [{"error": "no\x00thing", "code": ""}, {"iss": "\x00"}])
def test_what_no_database_stores_is_no_error_of_the_server(
    anonymous: Client, provider: Hostile, sent: dict[str, str]
) -> None:
    assert come_back(anonymous, provider, go_there(anonymous), **sent).status_code == 403
    assert "\x00" not in Entry.objects.get().data["detail"]


def test_nobody_fills_the_record_from_outside(anonymous: Client, provider: Hostile) -> None:
    for _ in range(25):
        assert anonymous.get("/sign-in/sso/callback/?state=x").status_code == 403
    assert Entry.objects.count() == 20
