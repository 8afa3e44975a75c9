"""Single sign-on as the only way in, and the way in from the server's terminal while it is down."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from keyconsole.audit.models import Entry
from keyconsole.notifications.models import Delivery
from keyconsole.people.models import EmergencySignIn
from tests.cast import PASSWORD, Cast
from tests.form_client import FormClient
from tests.sso.hostile_provider import Hostile
from tests.sso.signing_in import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def _only(settings: Settings) -> None:
    settings.KEYCONSOLE_SSO_ONLY = True


def link(name: str = "ana") -> str:
    out = StringIO()
    call_command("emergency_sign_in", name, stdout=out, stderr=StringIO())
    return out.getvalue().strip()


@pytest.mark.usefixtures("_only")
def test_passwords_open_nothing_and_are_not_asked_for(
    anonymous: Client, cast: Cast, provider: Hostile
) -> None:
    page = anonymous.get("/sign-in/").content.decode()
    assert 'name="password"' not in page
    assert "passkey" not in page
    assert "Password forgotten" not in page
    assert "a link at its terminal" in page
    assert "Sign in with Example ID" in page
    assert anonymous.post("/sign-in/", {"login": "ana", "password": PASSWORD}).status_code == 404
    assert anonymous.get("/help/").status_code == 302
    assert sign_in(anonymous, provider).status_code == 302
    assert anonymous.get("/help/").status_code == 200


def test_no_link_lets_anybody_choose_a_password(
    anonymous: Client, as_ada: Client, settings: Settings
) -> None:
    made = as_ada.post("/invite/", {"username": "fay", "account": "all"})
    path = made.context["address"].partition("/link/")[2]
    settings.KEYCONSOLE_SSO_ONLY = True
    assert anonymous.get(f"/link/{path}").status_code == 404
    assert anonymous.post("/link/", {"password": PASSWORD, "again": PASSWORD}).status_code == 404
    assert not User.objects.get(username="fay").is_active
    for address in ("/invite/", "/people/dan/reset/", "/people/fay/invite-again/"):
        assert as_ada.post(address, {"username": "gil", "account": "all"}).status_code == 404
    assert "Invite somebody" not in as_ada.get("/people/").content.decode()
    assert "New password by a link" not in as_ada.get("/people/dan/").content.decode()
    assert "Make another link" not in as_ada.get("/people/fay/").content.decode()


@pytest.mark.usefixtures("_only")
def test_passkeys_and_resets_are_not_there_whoever_adds_them(anonymous: Client) -> None:
    from django.http import Http404
    from django.test import RequestFactory
    from django.urls import ResolverMatch

    from keyconsole.web.sso.middleware import NoLocalSignIn

    for name in ("mfa_login_webauthn", "account_reset_password", "account_reset_password_from_key"):
        request = RequestFactory().get("/")
        request.resolver_match = ResolverMatch(print, (), {}, name)
        with pytest.raises(Http404):
            NoLocalSignIn(print).process_view(request)  # type: ignore[arg-type]


def test_a_link_from_the_terminal_signs_in_once(anonymous: Client, cast: Cast) -> None:
    path = link()
    assert path.startswith("/sign-in/emergency/")
    page = anonymous.get(path)
    assert "Sign in as ana" in page.content.decode()
    assert anonymous.get("/help/").status_code == 302
    assert anonymous.post(path).headers["Location"] == "/"
    assert anonymous.get("/").context["request"].user == cast.ana
    other = FormClient()
    again = other.post(path)
    assert again.status_code == 410
    assert "link-over" in again.content.decode()
    assert other.get(path).status_code == 410
    made = EmergencySignIn.objects.get()
    assert made.used_from == "127.0.0.1"
    assert path.split("/")[-2] not in str(EmergencySignIn.objects.values()) + str(Entry.objects.values())
    events = list(Entry.objects.order_by("number").values_list("event", flat=True))
    assert events == ["person.emergency_link_made", "person.signed_in", *["person.sign_in_failed"] * 2]
    assert Entry.objects.earliest("number").actor.startswith("the terminal of ")


def test_all_administrators_hear_of_a_link(cast: Cast) -> None:
    cast.ada.email = "ada@example.org"
    cast.ada.save()
    link()
    assert Delivery.objects.filter(person=cast.ada, topic="access.changed").exists()


def test_a_link_lasts_ten_minutes(anonymous: Client, cast: Cast) -> None:
    path = link()
    EmergencySignIn.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    for response in (anonymous.get(path), anonymous.post(path)):
        assert response.status_code == 410
    assert EmergencySignIn.objects.get().used_at is None


def test_nobody_who_is_disabled_gets_or_uses_a_link(anonymous: Client, cast: Cast) -> None:
    path = link()
    cast.ana.is_active = False
    cast.ana.save()
    assert anonymous.post(path).status_code == 403
    with pytest.raises(CommandError):
        link()
    with pytest.raises(CommandError):
        link("nobody")


def test_a_link_is_no_link_of_another_or_of_none(anonymous: Client, cast: Cast) -> None:
    assert anonymous.get("/sign-in/emergency/nonsense/").status_code == 410
    client = FormClient()
    client.force_login(cast.ben)
    assert client.post(link()).status_code == 302
    assert client.get("/").context["request"].user == cast.ana
