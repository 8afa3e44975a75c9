"""Signing in at the provider: who comes in, as whom, and what is kept of it."""

from __future__ import annotations

import base64
import hashlib
from urllib.parse import unquote

import pytest
from django.contrib.auth.models import User
from django.test import Client

from keyconsole.audit.models import Entry
from keyconsole.people.models import SsoIdentity
from keyconsole.people.sso.secrets_kept import deciphered
from tests.cast import Cast
from tests.form_client import FormClient
from tests.sso.hostile_provider import CLIENT_ID, Hostile
from tests.sso.signing_in import come_back, go_there, sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.every_database]


def events() -> list[tuple[str, str]]:
    return list(Entry.objects.order_by("number").values_list("event", "subject"))


def test_without_a_provider_there_is_no_such_way_in(anonymous: Client) -> None:
    assert "Sign in with" not in anonymous.get("/sign-in/").content.decode()
    for path in ("/sign-in/sso/", "/sign-in/sso/callback/"):
        assert anonymous.get(path).status_code == 404


def test_the_sign_in_page_leads_there_and_takes_the_page_along(anonymous: Client, provider: Hostile) -> None:
    page = anonymous.get("/sign-in/?next=/keys/").content.decode()
    assert "Sign in with Example ID" in page
    assert 'href="/sign-in/sso/?next=%2Fkeys%2F"' in page


def test_the_first_sign_in_makes_a_person_who_may_see_nothing(anonymous: Client, provider: Hostile) -> None:
    provider.claims |= {"email": "anouk@example.org", "name": "Anouk A."}
    response = sign_in(anonymous, provider, next="/keys/")
    assert response.headers["Location"] == "/keys/"
    anouk = User.objects.get(username="anouk")
    assert (anouk.email, anouk.first_name, anouk.has_usable_password()) == (
        "anouk@example.org",
        "Anouk A.",
        False,
    )
    assert not anouk.role_grants.exists()
    assert anouk.sso_identity.sub == "s-ana"
    assert events() == [("person.added", "anouk"), ("person.signed_in", "anouk")]
    added = Entry.objects.get(event="person.added")
    assert added.actor == "single sign-on"
    assert added.data["issuer"] == provider.issuer


def test_it_never_leads_elsewhere(anonymous: Client, provider: Hostile) -> None:
    assert sign_in(anonymous, provider, next="https://evil.example/").headers["Location"] == "/"


def test_the_code_is_asked_for_with_pkce_state_and_nonce(anonymous: Client, provider: Hostile) -> None:
    asked = go_there(anonymous)
    assert asked["response_type"] == "code"
    assert asked["code_challenge_method"] == "S256"
    assert asked["redirect_uri"] == "http://testserver/sign-in/sso/callback/"
    assert min(len(asked[name]) for name in ("state", "nonce", "code_challenge")) >= 43
    come_back(anonymous, provider, asked)
    (form, headers) = next((form, headers) for path, form, headers in provider.asked if path == "/token")
    digest = hashlib.sha256(form["code_verifier"].encode()).digest()
    assert base64.urlsafe_b64encode(digest).rstrip(b"=").decode() == asked["code_challenge"]
    basic = base64.b64decode(headers["Authorization"].removeprefix("Basic ")).decode()
    assert unquote(basic) == f"{CLIENT_ID}:a secret of both"
    assert "client_secret" not in form


def test_the_same_subject_is_the_same_person_whatever_they_are_called_now(
    anonymous: Client, provider: Hostile
) -> None:
    sign_in(anonymous, provider)
    provider.claims |= {"preferred_username": "anouk-married", "email": "new@example.org"}
    other = FormClient()
    sign_in(other, provider)
    assert User.objects.count() == 1
    assert other.get("/").context["request"].user.username == "anouk"


def test_the_same_address_or_name_is_not_the_same_person(
    anonymous: Client, cast: Cast, provider: Hostile
) -> None:
    cast.ana.email = "ana@example.org"
    cast.ana.save()
    provider.claims |= {"preferred_username": "ANA", "email": "ana@example.org", "email_verified": True}
    response = sign_in(anonymous, provider)
    assert response.status_code == 403
    assert "link_sso" in response.content.decode()
    assert not SsoIdentity.objects.exists()
    entry = Entry.objects.get()
    assert (entry.event, entry.subject) == ("person.sign_in_failed", "ana")
    assert entry.data["why"] == "name-taken"


@pytest.mark.parametrize("name", ["", "two words", "x" * 151, None])
def test_a_name_that_nobody_can_have_makes_nobody(
    anonymous: Client, provider: Hostile, name: str | None
) -> None:
    provider.claims["preferred_username"] = name
    response = sign_in(anonymous, provider)
    assert response.status_code == 403
    assert Entry.objects.get().data["why"] == "no-username"


def test_an_address_that_was_not_verified_is_no_name(
    anonymous: Client, provider: Hostile, settings: object
) -> None:
    settings.KEYCONSOLE_OIDC_USERNAME_CLAIM = "email"  # type: ignore[attr-defined]
    provider.claims |= {"email": "boss@example.org", "email_verified": False}
    assert sign_in(anonymous, provider).status_code == 403
    provider.claims["email_verified"] = True
    assert sign_in(anonymous, provider).status_code == 302


def test_disabled_people_stay_out_and_are_told_why(anonymous: Client, provider: Hostile) -> None:
    sign_in(anonymous, provider)
    User.objects.update(is_active=False)
    other = FormClient()
    response = sign_in(other, provider)
    assert response.status_code == 403
    assert "can no longer sign in" in response.content.decode()
    assert other.get("/").status_code == 302
    assert Entry.objects.last().data["why"] == "person-disabled"  # type: ignore[union-attr]


def test_two_tabs_do_not_take_each_others_sign_in(anonymous: Client, provider: Hostile) -> None:
    first, second = go_there(anonymous, next="/keys/"), go_there(anonymous, next="/changes/")
    assert come_back(anonymous, provider, first).headers["Location"] == "/keys/"
    assert come_back(anonymous, provider, second).headers["Location"] == "/changes/"


def test_another_person_in_the_same_browser_takes_nothing_over(anonymous: Client, provider: Hostile) -> None:
    asked = go_there(anonymous)
    other = go_there(anonymous)
    come_back(anonymous, provider, asked)
    anonymous.session["secret"] = "of the first"
    provider.claims = {"sub": "s-ben", "preferred_username": "bernd"}
    come_back(anonymous, provider, other)
    assert anonymous.get("/").context["request"].user.username == "bernd"
    assert anonymous.session["sso"]["person"] == User.objects.get(username="bernd").pk


def test_tokens_are_kept_enciphered_and_appear_nowhere_else(anonymous: Client, provider: Hostile) -> None:
    provider.refresh_token = "very-secret-refresh-token"
    sign_in(anonymous, provider)
    identity = SsoIdentity.objects.get()
    assert "very-secret" not in identity.refresh_token
    assert deciphered(identity.refresh_token) == "very-secret-refresh-token"
    assert identity.access_token == ""
    assert "very-secret" not in str(Entry.objects.values_list("data"))
    assert "very-secret" not in str(dict(anonymous.session))


def test_another_secret_key_opens_no_token(anonymous: Client, provider: Hostile, settings: object) -> None:
    sign_in(anonymous, provider)
    kept, old = SsoIdentity.objects.get().refresh_token, settings.SECRET_KEY  # type: ignore[attr-defined]
    settings.SECRET_KEY = "y" * 50  # type: ignore[attr-defined]
    assert deciphered(kept) == ""
    settings.SECRET_KEY_FALLBACKS = [old]  # type: ignore[attr-defined]
    assert deciphered(kept) == "r-1"


def test_what_the_provider_said_of_a_second_factor_is_kept_in_the_session(
    anonymous: Client, provider: Hostile
) -> None:
    provider.claims["amr"] = ["pwd", "otp"]
    sign_in(anonymous, provider)
    (kept,) = anonymous.session["account_authentication_methods"]
    assert (kept["method"], kept["amr"]) == ("sso", ["pwd", "otp"])
