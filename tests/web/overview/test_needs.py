"""The overview begins with what needs the person who looks, each with its way to decide."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from keyconsole.changes.models import Change
from tests.cast import Cast, Inventory
from tests.changes.approvals.teams import hold_for_payments
from tests.web.overview.test_overview import ask

pytestmark = pytest.mark.django_db


@pytest.fixture
def change(cast: Cast, inventory: Inventory) -> Change:
    hold_for_payments(cast)
    return ask(inventory, cast)


def headings(client: Client) -> list[str]:
    main = client.get("/").content.decode().partition("<main")[2]
    return re.findall(r"<h2[^>]*>([^<]+)</h2>", main)


def test_what_needs_me_stands_on_top_and_leads_to_its_decision(change: Change, as_bea: Client) -> None:
    assert headings(as_bea)[0] == "Needs you"
    content = " ".join(as_bea.get("/").content.decode().split())
    listed = content.partition('id="needs-title"')[2].partition("</section>")[0]
    assert listed.count(f'href="{change.get_absolute_url()}"') == 2
    assert f'Decide<span class="visually-hidden"> about {change.ref}</span>' in listed
    assert "us-east-1 to eu-west-1, by ana" in listed


def test_then_come_the_picture_what_does_not_look_right_and_what_happened_last(
    change: Change, as_bea: Client
) -> None:
    order = ["Needs you", "Primaries by Region", "Drift", "Stale accounts", "Latest changes"]
    assert [each for each in headings(as_bea) if each in order] == order


def test_where_nothing_waits_one_line_says_so(inventory: Inventory, as_bea: Client) -> None:
    assert "Nothing waits for you, and no change is in flight." in as_bea.get("/").content.decode()
    assert "Needs you" not in headings(as_bea)
