"""Sessions that end by themselves, and what a signed-out poll is told."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from keyconsole.audit.models import Entry
from keyconsole.web.middleware import LAST_CLICK, SIGNED_IN
from tests.cast import PASSWORD, Cast, Inventory
from tests.conftest import HTMX

pytestmark = pytest.mark.django_db


def test_a_signed_out_poll_moves_the_window_to_sign_in(anonymous: Client) -> None:
    page = "http://testserver/keys/?q=vault"
    response = anonymous.get("/keys/?q=vault&seen=3", headers={**HTMX, "HX-Current-URL": page})
    assert response.status_code == 204
    assert response.content == b""
    assert response.headers["HX-Redirect"] == "/sign-in/?next=%2Fkeys%2F%3Fq%3Dvault"
    assert "Location" not in response.headers


def test_a_page_elsewhere_is_never_where_sign_in_leads(anonymous: Client) -> None:
    headers = {**HTMX, "HX-Current-URL": "https://evil.example/keys/"}
    assert anonymous.get("/keys/", headers=headers).headers["HX-Redirect"] == "/sign-in/?next=%2F"


def test_a_signed_out_click_is_sent_to_sign_in_as_ever(anonymous: Client) -> None:
    response = anonymous.get("/keys/?q=vault")
    assert (response.status_code, response.headers["Location"]) == (302, "/sign-in/?next=/keys/%3Fq%3Dvault")


def test_an_idle_session_ends(as_ana: Client, inventory: Inventory) -> None:
    with time_machine.travel(timezone.now() + timedelta(minutes=61)):
        assert as_ana.get("/keys/").headers["Location"].startswith("/sign-in/")
    assert Entry.objects.get().event == "person.signed_out"


def test_clicks_keep_a_session_alive(as_ana: Client, inventory: Inventory) -> None:
    start = timezone.now()
    for minutes in (40, 80, 120):
        with time_machine.travel(start + timedelta(minutes=minutes)):
            assert as_ana.get("/keys/").status_code == 200


def test_no_click_moves_the_end_of_a_session(as_ana: Client, inventory: Inventory) -> None:
    start = timezone.now()
    for half_hours in range(1, 24):
        with time_machine.travel(start + timedelta(minutes=30 * half_hours)):
            assert as_ana.get("/keys/").status_code == 200, half_hours
    with time_machine.travel(start + timedelta(hours=12, seconds=1)):
        assert as_ana.get("/keys/").headers["Location"].startswith("/sign-in/")
        assert as_ana.get("/keys/").headers["Location"].startswith("/sign-in/")
    assert Entry.objects.get().event == "person.signed_out"


def test_how_long_a_session_may_be_is_a_setting(
    as_ana: Client, inventory: Inventory, settings: Settings
) -> None:
    settings.KEYCONSOLE_SESSION_HOURS = 1
    settings.KEYCONSOLE_IDLE_MINUTES = 600
    with time_machine.travel(timezone.now() + timedelta(minutes=59)):
        assert as_ana.get("/keys/").status_code == 200
    with time_machine.travel(timezone.now() + timedelta(minutes=61)):
        assert as_ana.get("/keys/").status_code == 302


def test_a_poll_ends_with_the_session_too(as_ana: Client, inventory: Inventory) -> None:
    with time_machine.travel(timezone.now() + timedelta(hours=12)):
        session = as_ana.session
        session[LAST_CLICK] = int(timezone.now().timestamp())
        session.save()
        response = as_ana.get("/keys/?seen=0", headers=HTMX)
    assert response.headers["HX-Redirect"].startswith("/sign-in/")


def test_a_session_that_nobody_signed_in_to_here_ends(as_ana: Client, inventory: Inventory) -> None:
    session = as_ana.session
    del session[SIGNED_IN]
    session.save()
    assert as_ana.get("/keys/").status_code == 302


def test_proving_who_one_is_does_not_prolong_a_session_and_signing_in_begins_one(
    anonymous: Client, cast: Cast
) -> None:
    form, start = {"login": "ana", "password": PASSWORD}, timezone.now()
    anonymous.post("/sign-in/", form)
    began = anonymous.session[SIGNED_IN]
    with time_machine.travel(start + timedelta(minutes=50)):
        assert anonymous.post("/sign-in/again/", {"password": PASSWORD}).status_code == 302
        assert anonymous.session[SIGNED_IN] == began
    with time_machine.travel(start + timedelta(hours=13)):
        assert anonymous.get("/").status_code == 302
        anonymous.post("/sign-in/", form)
        assert anonymous.get("/").status_code == 200
        assert anonymous.session[SIGNED_IN] > began


def test_polls_do_not_keep_a_session_alive(as_ana: Client, inventory: Inventory) -> None:
    start = timezone.now()
    for minutes in (20, 40, 59):
        with time_machine.travel(start + timedelta(minutes=minutes)):
            assert as_ana.get("/keys/?seen=0", headers=HTMX).status_code == 200
    with time_machine.travel(start + timedelta(minutes=61)):
        response = as_ana.get("/keys/?seen=0", headers=HTMX)
    assert (response.status_code, response.content) == (204, b"")
    assert response.headers["HX-Redirect"].startswith("/sign-in/")


def test_a_filter_sent_by_htmx_is_a_click(as_ana: Client, inventory: Inventory) -> None:
    start = timezone.now()
    with time_machine.travel(start + timedelta(minutes=50)):
        as_ana.get("/keys/?q=vault", headers=HTMX)
    with time_machine.travel(start + timedelta(minutes=100)):
        assert as_ana.get("/keys/").status_code == 200


def test_the_stamp_is_written_once_a_minute_at_most(as_ana: Client, inventory: Inventory) -> None:
    before = as_ana.session[LAST_CLICK]
    with time_machine.travel(timezone.now() + timedelta(seconds=30)):
        as_ana.get("/keys/")
    assert as_ana.session[LAST_CLICK] == before
    with time_machine.travel(timezone.now() + timedelta(seconds=90)):
        as_ana.get("/keys/")
    assert as_ana.session[LAST_CLICK] > before


def test_every_page_comes_with_a_strict_policy_for_content(as_ana: Client, inventory: Inventory) -> None:
    policy = as_ana.get("/keys/").headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
