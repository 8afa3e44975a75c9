"""The list of pages."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from keyconsole.policies.document.rules import RESERVED_NAMES
from keyconsole.urls import urlpatterns
from tests.cast import Inventory

pytestmark = [pytest.mark.django_db, pytest.mark.every_database]


def some_address(route: str) -> str:
    filled = re.sub(r"<str:account_id>", "111122223333", route)
    return "/" + re.sub(r"<\w+:\w+>", "nothing", filled)


@pytest.mark.parametrize("pattern", urlpatterns, ids=lambda pattern: str(pattern.name))
def test_no_address_of_nothing_is_an_error(as_ana: Client, inventory: Inventory, pattern: object) -> None:
    address = some_address(str(pattern.pattern))  # type: ignore[attr-defined]
    # Without a worker this server is not ready, and says so.
    answers = {500, 501, 502, 504} if address == "/ready/" else range(500, 600)
    assert as_ana.get(address).status_code not in answers
    assert as_ana.post(address).status_code not in answers


def test_an_address_that_is_not_ours_is_not_there(as_ana: Client, anonymous: Client) -> None:
    assert as_ana.get("/admin/").status_code == 404
    assert anonymous.get("/admin/").status_code == 404


def test_names_are_given_once() -> None:
    names = [pattern.name for pattern in urlpatterns]
    assert sorted(set(names), key=str) == sorted(names, key=str)


def test_no_policy_can_take_the_address_of_a_page() -> None:
    below = re.compile(r"policies/([a-z-]+)/$")
    fixed = {found[1] for pattern in urlpatterns if (found := below.match(str(pattern.pattern)))}
    assert fixed == RESERVED_NAMES
