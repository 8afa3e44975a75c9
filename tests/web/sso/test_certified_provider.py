"""The whole way with a certified OpenID provider in its own process."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from keyconsole.audit.models import Entry
from keyconsole.people.models import SsoIdentity
from keyconsole.people.sso import refresh
from keyconsole.people.sso.mapping import add_mapping, wanted
from tests.cast import NOW
from tests.sso.oidc_provider import WHY_NOT, Certified, running
from tests.sso.providers import name_provider

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.processes,
    pytest.mark.skipif(bool(WHY_NOT), reason=WHY_NOT),
]
CALLBACK = "/sign-in/sso/callback/"


@pytest.fixture(scope="module")
def _process() -> Iterator[Certified]:
    with running([f"http://testserver{CALLBACK}"]) as certified:
        yield certified


@pytest.fixture
def certified(_process: Certified, settings: Settings) -> Certified:
    name_provider(settings, _process.issuer)
    settings.KEYCONSOLE_OIDC_SCOPES = "openid profile email groups offline_access"
    settings.KEYCONSOLE_OIDC_SECOND_FACTOR_AMR = ["otp"]
    _process.know("s-1", preferred_username="anouk", name="Anouk", email="a@example.org", groups=["viewers"])
    return _process


def go(client: Client, certified: Certified, *, sub: str = "s-1", path: str = "/sign-in/sso/") -> Any:
    address = client.get(path).headers["Location"]
    return client.get(CALLBACK, certified.visit(address, sub=sub))


def look(minutes: int = 20) -> SsoIdentity:
    at = timezone.now() + timedelta(minutes=minutes)
    refresh.step(refresh.identities().get(), clock=lambda: at)
    return SsoIdentity.objects.get()


def test_somebody_signs_in_with_the_roles_of_their_groups(anonymous: Client, certified: Certified) -> None:
    add_mapping(wanted("viewers", role="viewer"), by="ada", now=NOW)
    assert go(anonymous, certified).headers["Location"] == "/"
    assert anonymous.get("/keys/").status_code == 200
    identity = SsoIdentity.objects.get()
    assert (identity.issuer, identity.sub, identity.person.email) == (
        certified.issuer,
        "s-1",
        "a@example.org",
    )
    (kept,) = anonymous.session["account_authentication_methods"]
    assert kept["amr"] == ["pwd", "otp"]
    assert identity.second_factor


def test_a_group_that_is_taken_there_is_lost_here_within_the_interval(
    anonymous: Client, certified: Certified
) -> None:
    add_mapping(wanted("viewers", role="viewer"), by="ada", now=NOW)
    go(anonymous, certified)
    certified.know("s-1", preferred_username="anouk", name="Anouk", groups=[])
    look()
    assert anonymous.get("/keys/").status_code == 403
    certified.know("s-1", preferred_username="anouk", name="Anouk", groups=["viewers"])
    SsoIdentity.objects.update(due_at=timezone.now())
    look()
    certified.know("s-1", preferred_username="anouk", name="Anouk")
    SsoIdentity.objects.update(due_at=timezone.now())
    assert look().answer == "absent"
    assert anonymous.get("/keys/").status_code == 200


def test_who_is_gone_there_is_signed_out_here(anonymous: Client, certified: Certified) -> None:
    go(anonymous, certified)
    certified.forget("s-1")
    look(minutes=16)
    assert Entry.objects.filter(event="sso.ended").exists()
    assert anonymous.get("/help/").status_code == 302


def test_a_code_that_was_used_already_is_refused(anonymous: Client, certified: Certified) -> None:
    address = anonymous.get("/sign-in/sso/").headers["Location"]
    answer = certified.visit(address, sub="s-1")
    assert "iss" in answer
    session = dict(anonymous.session)
    assert anonymous.get(CALLBACK, answer).status_code == 302
    again = Client()
    kept = again.session
    kept.update(session)
    kept.save()
    again.cookies["keyconsole"] = kept.session_key or ""
    response = again.get(CALLBACK, answer)
    assert response.status_code == 403
    assert "code-refused" in response.content.decode()


def test_a_code_of_another_browser_is_refused_by_pkce(anonymous: Client, certified: Certified) -> None:
    """Somebody's own state, with the code that was stolen from another."""
    stolen = certified.visit(anonymous.get("/sign-in/sso/").headers["Location"], sub="s-1")
    thief = Client()
    own = certified.visit(thief.get("/sign-in/sso/").headers["Location"], sub="s-1")
    response = thief.get(CALLBACK, {**own, "code": stolen["code"]})
    assert "code-refused" in response.content.decode()


def test_who_cancels_there_is_told_so_here(anonymous: Client, certified: Certified) -> None:
    response = go(anonymous, certified, sub="")
    assert response.status_code == 403
    assert "cancelled" in response.content.decode()


def test_a_fresh_proof_is_asked_for_and_counts(anonymous: Client, certified: Certified) -> None:
    go(anonymous, certified)
    begun = int(time.time())
    assert go(anonymous, certified, path="/sign-in/sso/again/").status_code == 302
    last = anonymous.session["account_authentication_methods"][-1]
    assert last["reauthenticated"] is True
    assert last["at"] >= begun


def test_a_provider_that_went_away_is_said_to_be_down(anonymous: Client, settings: Settings) -> None:
    with running([f"http://testserver{CALLBACK}"]) as other:
        name_provider(settings, other.issuer)
        other.know("s-1", preferred_username="anouk", name="Anouk")
        answer = other.visit(anonymous.get("/sign-in/sso/").headers["Location"], sub="s-1")
        other.stop()
        response = anonymous.get(CALLBACK, answer)
    assert response.status_code == 503
    assert "provider-down" in response.content.decode()
