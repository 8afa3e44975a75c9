"""People without a password here prove it again at the provider."""

from __future__ import annotations

import time

import pytest
from django.test import Client

from keyconsole.web.reauthentication import proved_at
from tests.cast import Cast
from tests.sso.hostile_provider import Hostile
from tests.sso.signing_in import come_back, go_there, sign_in

pytestmark = pytest.mark.django_db
AGAIN = "/sign-in/sso/again/"


def test_the_provider_is_told_to_ask_again_and_what_it_answers_counts(
    anonymous: Client, provider: Hostile
) -> None:
    sign_in(anonymous, provider)
    asked = go_there(anonymous, AGAIN, next="/keys/")
    assert (asked["prompt"], asked["max_age"]) == ("login", "0")
    provider.claims |= {"auth_time": int(time.time()), "amr": ["hwk"]}
    assert come_back(anonymous, provider, asked).headers["Location"] == "/keys/"
    last = anonymous.session["account_authentication_methods"][-1]
    assert (last["method"], last["reauthenticated"], last["amr"]) == ("sso", True, ["hwk"])
    proved = proved_at(anonymous.get("/help/").context["request"])
    assert proved is not None
    assert abs(proved.timestamp() - last["at"]) < 0.001


@pytest.mark.parametrize("auth_time", [None, 0, 1_700_000_000, "soon"])
def test_an_old_sign_in_there_is_no_fresh_proof(
    anonymous: Client, provider: Hostile, auth_time: object
) -> None:
    sign_in(anonymous, provider)
    provider.claims["auth_time"] = auth_time
    response = come_back(anonymous, provider, go_there(anonymous, AGAIN))
    assert response.status_code == 403
    assert "not-fresh" in response.content.decode()
    assert len(anonymous.session["account_authentication_methods"]) == 1
    assert anonymous.get("/help/").status_code == 200


def test_somebody_else_at_the_provider_proves_nothing(anonymous: Client, provider: Hostile) -> None:
    sign_in(anonymous, provider)
    provider.claims = {"sub": "s-ben", "preferred_username": "bernd", "auth_time": int(time.time())}
    response = come_back(anonymous, provider, go_there(anonymous, AGAIN))
    assert "another-person" in response.content.decode()
    assert anonymous.get("/").context["request"].user.username == "anouk"


def test_who_is_nobody_at_the_provider_cannot_prove_it_there(
    as_ana: Client, provider: Hostile, anonymous: Client
) -> None:
    assert as_ana.get(AGAIN).status_code == 404
    assert anonymous.get(AGAIN).status_code == 302


def test_it_is_offered_where_the_library_asks_for_a_proof(
    anonymous: Client, provider: Hostile, cast: Cast
) -> None:
    from keyconsole.web.sign_in import ClosedSignUp

    sign_in(anonymous, provider)
    request = anonymous.get("/help/").context["request"]
    methods = ClosedSignUp(request).get_reauthentication_methods(request.user)
    assert [each["url"] for each in methods] == [AGAIN]
    assert [each["id"] for each in ClosedSignUp(request).get_reauthentication_methods(cast.ana)] == [
        "reauthenticate"
    ]


@pytest.mark.parametrize(("seconds", "counts"), [(-50, True), (50, True), (90, False)])
def test_the_providers_clock_may_differ_a_little(
    anonymous: Client, provider: Hostile, seconds: int, counts: bool
) -> None:
    """`seconds`: by which the provider is behind."""
    sign_in(anonymous, provider)
    asked = go_there(anonymous, AGAIN)
    provider.claims["auth_time"] = int(time.time()) - seconds
    assert (come_back(anonymous, provider, asked).status_code == 302) is counts
