"""What moved between two days: from, to, by which change or out of band, when, and what may lie outside."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from keyconsole.inventory.models import Cause, MultiRegionKey
from keyconsole.inventory.periods import record_primary
from tests.cast import Cast, Member, make_key

pytestmark = [pytest.mark.django_db, pytest.mark.every_database]
MOVE_QUERIES = 14
MOVES = "/audit/?view=moves"


def moved_rows(client: Client, query: str) -> list[tuple[str, str, str, bool]]:
    found = client.get(MOVES + query).context["moves"]
    return [(move.from_region, move.to_region, move.change_ref, move.outside) for move in found]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("&since=2026-05-01&until=2026-05-10", [("us-east-1", "eu-west-1", "", False)]),
        ("&since=2026-05-03&until=2026-05-10", [("us-east-1", "eu-west-1", "", True)]),
        ("&since=2026-05-01&until=2026-05-03", [("us-east-1", "eu-west-1", "", True)]),
        ("&since=2026-05-05&until=2026-05-10", []),
        ("&since=2025-05-05&until=2026-05-01", []),
    ],
)
def test_what_moved_between_two_days(
    moved: MultiRegionKey, as_cleo: Client, query: str, found: list[tuple[str, str, str, bool]]
) -> None:
    assert moved_rows(as_cleo, query) == found


def test_a_move_says_by_what_and_when(moved: MultiRegionKey, as_cleo: Client) -> None:
    words = as_cleo.get(f"{MOVES}&since=2026-05-01&until=2026-05-10").content.decode()
    assert "1 move of 1 key" in words
    assert "Out of band" in words
    moved.primary_periods.filter(region="eu-west-1").update(
        cause=Cause.CHANGE, change_ref="CR-7", not_before=None
    )
    content = as_cleo.get(f"{MOVES}&since=2026-05-01&until=2026-05-10").content.decode()
    assert '<a href="/changes/CR-7/">CR-7</a>' in content
    assert "<span>1 by changes</span><span>0 out of band</span>" in content


@pytest.mark.parametrize("query", ["&since=soon", "&until=0000-00-00", "&since=2026-05-03&until=2026-05-01"])
def test_days_that_cannot_be_used_are_told(moved: MultiRegionKey, as_cleo: Client, query: str) -> None:
    response = as_cleo.get(MOVES + query)
    assert response.context["form"].errors
    assert "moves" not in response.context


@pytest.mark.parametrize(
    "query", ["", "&since=0001-01-01", "&until=9999-12-31", "&page=99", "&since=9999-01-01"]
)
def test_the_ends_of_time_of_moves_answer_too(moved: MultiRegionKey, as_cleo: Client, query: str) -> None:
    assert as_cleo.get(MOVES + query).status_code == 200


def test_moves_of_another_account_do_not_exist(moved: MultiRegionKey, cast: Cast, as_cleo: Client) -> None:
    cast.cleo.role_grants.update(account=cast.research)
    response = as_cleo.get(f"{MOVES}&since=2026-01-01")
    assert (response.context["moves"], response.context["summed_up"]["moves"]) == ([], 0)


def test_moves_take_the_same_queries_however_many_there_are(
    moved: MultiRegionKey, cast: Cast, as_cleo: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    as_cleo.get(f"{MOVES}&since=2026-01-01")
    with django_assert_num_queries(MOVE_QUERIES):
        as_cleo.get(f"{MOVES}&since=2026-01-01")
    for number in range(30):
        key = make_key(cast.payments, f"mrk-{number:032x}", Member("us-east-1"), Member("eu-west-1"))
        record_primary(key, region="eu-west-1", at=timezone.now(), cause=Cause.OUT_OF_BAND)
    with django_assert_num_queries(MOVE_QUERIES):
        assert len(moved_rows(as_cleo, "&since=2026-01-01")) == 31
