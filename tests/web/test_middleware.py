"""Sessions that end by themselves, and what a signed-out poll is told."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from keyconsole.audit.models import Entry
from keyconsole.web.middleware import LAST_CLICK
from tests.cast import Inventory
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
