"""One line for each request, by an id that the answer carries too."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path
from pytest_django import DjangoAssertNumQueries, Settings

from keyconsole import urls
from keyconsole.web.guards import open_to_anyone
from tests.cast import PASSWORD, Cast, Inventory
from tests.conftest import HTMX
from tests.form_client import FormClient
from tests.logs.captured import Captured, captured

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


@open_to_anyone
def _broken(request: HttpRequest, link: str) -> HttpResponse:
    raise RuntimeError("This page breaks on purpose.")


urlpatterns = [*urls.urlpatterns, path("invitations/<str:link>/", _broken, name="invitation")]
handler500 = urls.handler500


@pytest.fixture
def log() -> Iterator[Captured]:
    with captured() as seen:
        yield seen


def last(log: Captured) -> dict[str, Any]:
    return log.objects("keyconsole.requests")[-1]


def test_a_request_has_one_line_that_says_who_and_how_it_went(
    as_ana: Client, inventory: Inventory, log: Captured
) -> None:
    answer = as_ana.get("/keys/")
    [line] = log.objects("keyconsole.requests")
    assert line["message"] == "Answered."
    assert (line["method"], line["route"], line["status"], line["person"]) == ("GET", "keys", 200, "ana")
    assert line["milliseconds"] >= 0
    assert line["request_id"] == answer.headers["X-Request-ID"]
    assert re.fullmatch("[0-9a-f]{32}", line["request_id"])


@pytest.mark.parametrize(
    ("address", "route", "status"),
    [
        ("/static/keyconsole.css", "static", 200),
        ("/nothing/", "none", 404),
        ("/keys/", "keys", 302),
        ("/healthy/", "healthy", 200),
    ],
)
def test_so_has_what_no_page_answers(
    anonymous: Client, db: None, log: Captured, address: str, route: str, status: int
) -> None:
    answer: Any = anonymous.get(address)
    if answer.streaming:
        list(answer.streaming_content)
    line = last(log)
    assert (line["route"], line["status"], line.get("person")) == (route, status, None)


def test_the_line_of_a_sign_in_and_of_a_sign_out_names_the_person(
    anonymous: Client, cast: Cast, log: Captured
) -> None:
    anonymous.post("/sign-in/", {"login": "ana", "password": PASSWORD})
    assert last(log)["person"] == "ana"
    anonymous.post("/sign-out/")
    assert last(log)["person"] == "ana"


def test_nobody_is_looked_up_for_a_line(
    anonymous: Client, db: None, log: Captured, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(0):
        answer: Any = anonymous.get("/static/keyconsole.css")
        list(answer.streaming_content)


def test_a_signed_out_poll_has_its_line(anonymous: Client, db: None, log: Captured) -> None:
    anonymous.get("/keys/?seen=1", headers=HTMX)
    assert (last(log)["route"], last(log)["status"]) == ("keys", 204)


@pytest.mark.parametrize("given", ["0123456789abcdef", "8f14e45f-ceea-467f-a0e6-2b0c3b4d5e6f"])
def test_the_proxy_names_the_request(
    anonymous: Client, db: None, settings: Settings, log: Captured, given: str
) -> None:
    settings.KEYCONSOLE_BEHIND_PROXY = True
    assert anonymous.get("/healthy/", headers={"X-Request-ID": given}).headers["X-Request-ID"] == given
    assert last(log)["request_id"] == given


@pytest.mark.parametrize("given", ["", "short", "x" * 65, "with space 12", "a\nINFO forged", "ümlaut-1234"])
def test_what_is_not_well_formed_names_nothing(
    anonymous: Client, db: None, settings: Settings, given: str
) -> None:
    settings.KEYCONSOLE_BEHIND_PROXY = True
    told = anonymous.get("/healthy/", HTTP_X_REQUEST_ID=given).headers["X-Request-ID"]
    assert re.fullmatch("[0-9a-f]{32}", told)


def test_without_a_proxy_nobody_names_a_request(anonymous: Client, db: None) -> None:
    given = "0123456789abcdef"
    assert anonymous.get("/healthy/", headers={"X-Request-ID": given}).headers["X-Request-ID"] != given


def test_what_broke_is_found_by_the_id_that_the_page_shows(
    db: None, settings: Settings, log: Captured
) -> None:
    settings.ROOT_URLCONF = __name__
    answer = FormClient(raise_request_exception=False).get("/invitations/once-only-link/?q=s3cret")
    request_id = answer.headers["X-Request-ID"]
    assert answer.status_code == 500
    assert request_id in answer.content.decode()
    [broke] = log.objects("django.request")
    assert broke["request_id"] == request_id == last(log)["request_id"]
    assert broke["message"] == "Internal Server Error: /invitations/<str:link>/"
    assert "This page breaks on purpose." in broke["exc_info"]
    assert "once-only-link" not in log.everything
    assert "s3cret" not in log.everything
