"""No page may be kept by a browser or a proxy, whatever view made it and however it ended."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern

from keyconsole.urls import urlpatterns
from tests.cast import Inventory
from tests.conftest import HTMX
from tests.web.test_urls import some_address

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


def is_kept(response: Any) -> bool:
    said = {part.strip() for part in response.headers.get("Cache-Control", "").split(",")}
    return not {"private", "no-store"} <= said


@pytest.mark.parametrize("pattern", urlpatterns, ids=lambda pattern: str(pattern.name))
def test_no_answer_is_kept(
    as_ada: Client, as_dan: Client, anonymous: Client, inventory: Inventory, pattern: URLPattern
) -> None:
    address = some_address(str(pattern.pattern))
    found = re.sub("nothing", "csv", address) if "export" in address else address
    for client in (as_ada, as_dan, anonymous):
        for answer in (
            client.get(found),
            client.get(found, headers=HTMX),
            client.post(found),
            client.put(found),
        ):
            assert not is_kept(answer), (found, answer.status_code)


def test_neither_is_what_is_not_there_or_refused(as_ana: Client, anonymous: Client) -> None:
    for client in (as_ana, anonymous):
        for address in ("/admin/", "/keys/999999999999/mrk-1/", "/favicon.ico"):
            assert is_kept(client.get(address)) is False
    broken: Any = anonymous.generic("POST", "/sign-in/", b"x", content_type="multipart/form-data")
    assert not is_kept(broken)


def test_an_unchanged_poll_is_not_kept(as_ana: Client, inventory: Inventory) -> None:
    version = as_ana.get("/accounts/").context["version"]
    same = as_ana.get(f"/accounts/?seen={version}", headers=HTMX)
    assert (same.status_code, is_kept(same)) == (204, False)


def test_a_fault_of_the_server_is_not_kept(as_ana: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError("a fault")

    monkeypatch.setattr("keyconsole.web.accounts.views.account_views", broken)
    as_ana.raise_request_exception = False
    response = as_ana.get("/accounts/")
    assert (response.status_code, is_kept(response)) == (500, False)


def test_static_files_are_kept(anonymous: Client) -> None:
    response = anonymous.get("/static/keyconsole.css")
    response.close()
    assert response.status_code == 200
    assert "no-store" not in response.headers.get("Cache-Control", "")
