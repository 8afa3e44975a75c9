"""Whatever is put into an address, no page breaks and no database searches for it."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern

from keyconsole.urls import urlpatterns
from tests.cast import Inventory
from tests.web.test_urls import some_address

pytestmark = pytest.mark.django_db
# What pages read from their address. Those that people type come with a form; a test below finds them all.
TYPED = {
    "/keys/": ["q"],
    "/changes/": ["q"],
    "/audit/": ["q", "actor"],
    "/policies/explain/": ["key", "to_region"],
    "/search/": ["q"],
    "/people/": ["q"],
    "/help/": ["q"],
}
CHOSEN = ["page", "seen", "tab", "view", "as", "account", "primary", "replica", "state", "show", "sort"]
CHOSEN += ["event", "since", "until", "day", "at", "put_back", "all", "next"]
NASTY = {
    "nul": "a\x00b",
    "escape": "a\x1b[31mb",
    "turned around": "a\u202eb",
    "long": "x" * 3000,
    "many words": "w " * 100,
}
PAGES = [pattern for pattern in urlpatterns if "/" in str(pattern.pattern) or not str(pattern.pattern)]


def nasties() -> list[str]:
    """What no text of PostgreSQL may hold is looked at again there; the rest no database tells apart."""
    return [NASTY["nul"]] if connection.vendor == "postgresql" else list(NASTY.values())


def typed_in(content: str) -> set[str]:
    """The names of what can be typed into forms that go into an address."""
    forms = re.findall(r'<form[^>]*method="get".*?</form>', content, re.DOTALL)
    # The box for everything stands on each page and leads to another.
    forms = [form for form in forms if 'action="/search/"' not in form]
    inputs = [each for form in forms for each in re.findall(r"<(?:input|textarea)[^>]*>", form)]
    typed = [each for each in inputs if not re.search(r'type="(hidden|date|time|checkbox|radio)"', each)]
    return {name for each in typed for name in re.findall(r'name="(\w+)"', each)}


@pytest.mark.parametrize("pattern", PAGES, ids=lambda pattern: str(pattern.name))
def test_the_list_of_what_can_be_typed_is_complete(
    as_ada: Client, inventory: Inventory, pattern: URLPattern
) -> None:
    address = some_address(str(pattern.pattern))
    response = as_ada.get(address)
    content = response.content.decode() if not response.streaming else ""
    assert typed_in(content) - {"page"} <= set(TYPED.get(address, []))


@pytest.mark.every_database
@pytest.mark.parametrize("pattern", PAGES, ids=lambda pattern: str(pattern.name))
def test_nothing_in_an_address_breaks_a_page(
    as_ada: Client, inventory: Inventory, pattern: URLPattern
) -> None:
    address = some_address(str(pattern.pattern))
    for nasty in nasties():
        # Without a worker this server is not ready, and says so.
        allowed = {503} if address == "/ready/" else range(500)
        assert as_ada.get(address, dict.fromkeys(CHOSEN, nasty)).status_code in allowed


@pytest.mark.every_database
@pytest.mark.parametrize("address", [*TYPED, "/keys/move/", "/batches/"])
def test_neither_does_any_one_thing_alone(as_ada: Client, inventory: Inventory, address: str) -> None:
    for name in [*CHOSEN, *TYPED.get(address, [])]:
        for nasty in nasties():
            assert as_ada.get(address, {name: nasty}).status_code < 500, name


@pytest.mark.every_database
@pytest.mark.parametrize("nasty", NASTY.values(), ids=NASTY)
@pytest.mark.parametrize(("address", "names"), TYPED.items(), ids=TYPED)
def test_what_nobody_means_is_told_and_never_searched_for(
    as_ada: Client, inventory: Inventory, address: str, names: list[str], nasty: str
) -> None:
    for name in names:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            response = as_ada.get(address, {name: nasty})
        assert response.status_code == 200
        for part in (nasty, nasty[:150], "w%' AND"):
            assert not any(part in each["sql"] for each in asked.captured_queries), name
        if name != "to_region":
            told = response.content.decode()
            assert re.search(r"The text has [\d,]+ (characters|words)|holds control characters", told), name
