"""One view for a page and its part."""

from __future__ import annotations

import pytest
from django.http import HttpRequest
from django.test import RequestFactory
from django_htmx.middleware import HtmxDetails

from keyconsole.web.fragments import is_poll, unchanged, wants_fragment


def request(path: str = "/keys/", **headers: str) -> HttpRequest:
    made = RequestFactory().get(path, headers=headers)
    made.htmx = HtmxDetails(made)  # type: ignore[attr-defined]
    return made


HTMX = {"HX-Request": "true"}


@pytest.mark.parametrize(
    ("headers", "part"),
    [
        ({}, False),
        (HTMX, True),
        ({**HTMX, "HX-Boosted": "true"}, False),
        ({**HTMX, "HX-History-Restore-Request": "true"}, False),
        ({"HX-Request": "false"}, False),
    ],
)
def test_only_htmx_itself_gets_a_part(headers: dict[str, str], part: bool) -> None:
    assert wants_fragment(request(**headers)) is part


def test_a_poll_is_a_part_asked_for_with_the_version_that_one_has() -> None:
    assert is_poll(request("/keys/?seen=1", **HTMX))
    assert not is_poll(request("/keys/?q=vault", **HTMX))
    assert not is_poll(request("/keys/?seen=1"))


def test_an_unchanged_version_is_204_and_says_what_it_depends_on() -> None:
    same = unchanged(request("/keys/?seen=7", **HTMX), 7)
    assert same is not None
    assert (same.status_code, same.content) == (204, b"")
    assert "HX-Request" in same.headers["Vary"]


def test_another_version_or_a_whole_page_is_never_204() -> None:
    assert unchanged(request("/keys/?seen=6", **HTMX), 7) is None
    assert unchanged(request("/keys/?seen=7"), 7) is None
    assert unchanged(request("/keys/", **HTMX), 7) is None
