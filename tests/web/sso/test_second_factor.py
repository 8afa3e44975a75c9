"""A second factor that the provider asked for counts for policies that ask for one, where that is set."""

from __future__ import annotations

import time
from typing import Any
from urllib.parse import unquote

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import User
from django.db import transaction
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from keyconsole.audit.models import Entry
from keyconsole.changes.models import Approval, Change
from keyconsole.changes.requests.request import request_move
from keyconsole.people.models import SsoIdentity
from keyconsole.people.sso.checks import second_factors_are_some
from keyconsole.people.sso.identity import link
from keyconsole.people.sso.second_factor import NO_FACTOR
from tests.cast import NOW, Cast, Inventory
from tests.changes.approvals.teams import hold_for_payments
from tests.sso.hostile_provider import Hostile
from tests.sso.signing_in import come_back, go_there, sign_in

pytestmark = pytest.mark.django_db
AGAIN = "/sign-in/sso/again/"


@pytest.fixture
def change(cast: Cast, inventory: Inventory) -> Change:
    hold_for_payments(cast, second_factor=True)
    for person in (cast.ben, cast.bea):
        Authenticator.objects.create(user=person, type="totp", data={})
    wish: dict[str, Any] = {
        "to_region": "eu-west-1",
        "by": cast.ana,
        "reason": "Closer.",
        "token": "t" * 32,
        "now": timezone.now(),
    }
    asked = request_move(inventory.card_vault, **wish)
    Authenticator.objects.filter(user=cast.ben).delete()
    return asked


@pytest.fixture
def ben(cast: Cast, provider: Hostile, settings: Settings, db: None) -> User:
    """Ben comes by single sign-on alone, which asks him for a code."""
    settings.KEYCONSOLE_OIDC_SECOND_FACTOR_AMR = ["mfa", "otp"]
    cast.ben.set_unusable_password()
    cast.ben.save()
    with transaction.atomic():
        link(cast.ben, issuer=provider.issuer, sub="s-ben", by="ada", now=NOW)
    provider.claims = {"sub": "s-ben", "preferred_username": "ben", "amr": ["pwd", "otp"]}
    return cast.ben


def approve(client: Client, change: Change) -> Any:
    return client.post(f"/changes/{change.ref}/approve/", {"plan_sha256": change.plan_sha256, "comment": ""})


def prove_again(client: Client, provider: Hostile, address: str, **claims: object) -> Any:
    provider.claims |= {"auth_time": int(time.time()), **claims}
    path, _, query = address.partition("?next=")
    return come_back(client, provider, go_there(client, path, next=unquote(query)))


def test_an_approval_asks_for_it_there_counts_and_says_so(
    anonymous: Client, provider: Hostile, ben: User, change: Change
) -> None:
    sign_in(anonymous, provider)
    assert "Approve this plan" in anonymous.get(f"/changes/{change.ref}/").content.decode()
    asked = approve(anonymous, change)
    assert asked.headers["Location"].startswith(f"{AGAIN}?next=")  # the sign-in alone is not enough
    assert not Approval.objects.exists()
    prove_again(anonymous, provider, asked.headers["Location"])
    assert Approval.objects.get().proof == "sso with a second factor"
    told = Entry.objects.get(event="change.approval_given").data
    assert told["proof"] == "sso with a second factor"
    assert "1 more of platform" not in anonymous.get(f"/changes/{change.ref}/").content.decode()


@pytest.mark.parametrize("amr", [None, [], ["pwd"], "otp", ["pwd", "sms"], [["otp"]], {"otp": 1}])
def test_without_the_claim_or_a_value_that_counts_he_reads_what_to_do(
    anonymous: Client, provider: Hostile, ben: User, change: Change, amr: object
) -> None:
    provider.claims["amr"] = amr
    sign_in(anonymous, provider)
    page = anonymous.get(f"/changes/{change.ref}/").content.decode()
    assert "This policy asks for a second factor" in page
    assert f"{AGAIN}?next=/changes/{change.ref}/" in page
    approve(anonymous, change)
    assert not Approval.objects.exists()
    # There he is asked for a code, and may approve then.
    provider.claims["amr"] = ["mfa"]
    prove_again(anonymous, provider, f"{AGAIN}?next=/changes/{change.ref}/")
    approve(anonymous, change)
    assert Approval.objects.get().proof == "sso with a second factor"


def test_a_proof_there_without_one_takes_the_word_back(
    anonymous: Client, provider: Hostile, ben: User, change: Change
) -> None:
    sign_in(anonymous, provider)
    asked = approve(anonymous, change)
    prove_again(anonymous, provider, asked.headers["Location"], amr=["pwd"])
    assert not Approval.objects.exists()
    assert not SsoIdentity.objects.get().second_factor
    page = anonymous.get(f"/changes/{change.ref}/").content.decode()
    assert "This policy asks for a second factor" in page


@pytest.mark.usefixtures("ben")
def test_unless_it_is_set_nothing_counts_and_nothing_is_offered(
    anonymous: Client, provider: Hostile, change: Change, settings: Settings
) -> None:
    settings.KEYCONSOLE_OIDC_SECOND_FACTOR_AMR = []
    sign_in(anonymous, provider)
    page = anonymous.get(f"/changes/{change.ref}/").content.decode()
    assert "This policy asks for a second factor" in page
    assert AGAIN not in page
    approve(anonymous, change)
    assert not Approval.objects.exists()
    assert "/sign-in/sso/again/" not in anonymous.get("/me/factors/").content.decode()


def test_taken_from_the_setting_it_counts_no_more(
    anonymous: Client, provider: Hostile, ben: User, change: Change, settings: Settings
) -> None:
    sign_in(anonymous, provider)
    settings.KEYCONSOLE_OIDC_SECOND_FACTOR_AMR = []
    page = anonymous.get(f"/changes/{change.ref}/").content.decode()
    assert "This policy asks for a second factor" in page


def test_with_a_password_here_the_provider_is_asked_all_the_same(
    anonymous: Client, provider: Hostile, ben: User, change: Change
) -> None:
    ben.set_password("purple meadow runs quietly")
    ben.save()
    sign_in(anonymous, provider)
    asked = approve(anonymous, change)
    assert asked.headers["Location"].startswith(AGAIN)
    prove_again(anonymous, provider, asked.headers["Location"])
    assert Approval.objects.get().proof == "sso with a second factor"


def test_the_pages_say_where_ones_second_factor_is(
    anonymous: Client, provider: Hostile, ben: User, as_ada: Client
) -> None:
    assert "at single sign-on" not in as_ada.get("/people/ben/").content.decode()
    sign_in(anonymous, provider)
    assert "at single sign-on" in as_ada.get("/people/ben/").content.decode()
    own = anonymous.get("/me/factors/").content.decode()
    assert "You proved a second factor there when it last asked." in own
    assert "Your password is all" not in own


@pytest.mark.parametrize("value", sorted(NO_FACTOR))
def test_what_is_no_second_factor_is_refused_at_the_start(settings: Settings, value: str) -> None:
    settings.KEYCONSOLE_OIDC_SECOND_FACTOR_AMR = ["mfa", value]
    (error,) = second_factors_are_some(None)
    assert value in error.msg
    settings.KEYCONSOLE_OIDC_SECOND_FACTOR_AMR = ["mfa", "otp"]
    assert second_factors_are_some(None) == []
