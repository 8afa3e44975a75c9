"""Which Region was primary on a day: the answer, how it is known, and where nobody looked."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from keyconsole.inventory.models import Cause, MultiRegionKey
from tests.cast import Cast, Inventory, Member, make_key
from tests.conftest import HTMX
from tests.web.audit.test_audit import auditor_of_payments

pytestmark = [pytest.mark.django_db, pytest.mark.every_database]
URL = "/audit/?view=primaries"
SEEN_UNTIL = datetime(2026, 5, 2, 8, tzinfo=UTC)
FOUND_MOVED = datetime(2026, 5, 4, 8, tzinfo=UTC)


@pytest.fixture
def moved(cast: Cast) -> MultiRegionKey:
    """Out of band, between the looks of 2 May and 4 May."""
    key = make_key(cast.payments, "mrk-moved", Member("eu-west-1"), Member("us-east-1"), alias="alias/moved")
    key.primary_periods.all().delete()
    key.primary_periods.create(
        region="us-east-1",
        started_at=datetime(2026, 1, 1, tzinfo=UTC),
        ended_at=FOUND_MOVED,
        confirmed_at=SEEN_UNTIL,
        cause=Cause.FIRST_SEEN,
    )
    key.primary_periods.create(
        region="eu-west-1",
        started_at=FOUND_MOVED,
        not_before=SEEN_UNTIL,
        confirmed_at=FOUND_MOVED,
        cause=Cause.OUT_OF_BAND,
    )
    return key


def answer(client: Client, query: str) -> tuple[str, str, str]:
    [row] = client.get(URL + query).context["rows"]
    return (row.found.region, row.found.or_region, row.how_known) if row.found else ("", "", row.how_known)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("&day=2026-05-01", ("us-east-1", "", "Seen there first.")),
        ("&day=2026-05-03", ("us-east-1", "eu-west-1", "Seen there first.")),
        ("&day=2026-05-04&at=09:00", ("eu-west-1", "", "Moved there outside of KeyConsole.")),
        ("&day=2025-12-31", ("", "", "Nobody had looked yet.")),
    ],
)
def test_a_day_answers_which_region_and_how_sure(
    moved: MultiRegionKey, as_cleo: Client, query: str, expected: tuple[str, str, str]
) -> None:
    assert answer(as_cleo, query) == expected


def test_a_period_that_a_change_began_links_to_it(moved: MultiRegionKey, as_cleo: Client) -> None:
    moved.primary_periods.filter(region="eu-west-1").update(cause=Cause.CHANGE, change_ref="CR-7")
    content = as_cleo.get(f"{URL}&day=2026-05-05").content.decode()
    assert '<a href="/changes/CR-7/">CR-7</a>' in content


def test_without_a_day_it_asks_for_one(moved: MultiRegionKey, as_cleo: Client) -> None:
    content = as_cleo.get(URL).content.decode()
    assert "Choose a day" in content
    assert "Fill this in." not in content


@pytest.mark.parametrize("query", ["&day=", "&day=soon", "&day=2026-05-03&at=25:00", "&day=0000-01-01"])
def test_what_is_not_a_day_is_told(moved: MultiRegionKey, as_cleo: Client, query: str) -> None:
    response = as_cleo.get(URL + query)
    assert response.status_code == 200
    assert response.context["form"].errors
    assert response.context["rows"] == []


@pytest.mark.parametrize("query", ["&day=0001-01-01", "&day=9999-12-31", "&day=2026-05-03&page=99"])
def test_the_ends_of_time_answer_without_a_fault(moved: MultiRegionKey, as_cleo: Client, query: str) -> None:
    assert as_cleo.get(URL + query).status_code == 200


def test_an_auditor_of_one_account_sees_its_keys_alone(
    inventory: Inventory, cast: Cast, as_cleo: Client
) -> None:
    auditor_of_payments(cast)
    rows = as_cleo.get(f"{URL}&day=2099-01-01").context["rows"]
    assert [row.key for row in rows] == [inventory.card_vault, inventory.ledger]


def test_htmx_gets_only_the_answer(inventory: Inventory, as_cleo: Client) -> None:
    content = as_cleo.get(f"{URL}&day=2099-01-01", headers=HTMX).content.decode()
    assert content.strip().startswith('<section id="primaries"')
    assert "<html" not in content


def test_the_number_of_queries_does_not_grow_with_the_keys(
    inventory: Inventory, cast: Cast, as_cleo: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    as_cleo.get(URL)
    with django_assert_num_queries(13):
        as_cleo.get(f"{URL}&day=2099-01-01")
    for number in range(40):
        make_key(cast.payments, f"mrk-{number:032x}", Member("us-east-1"), Member("eu-west-1"))
    with django_assert_num_queries(13):
        as_cleo.get(f"{URL}&day=2099-01-01")
