"""Which row is next, and that nobody who hangs gets all of the threads."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from keyconsole.changes.models import Change
from keyconsole.changes.requests.request import request_move
from keyconsole.worker.claim import Running, next_row, share_of
from keyconsole.worker.lanes import Lane, lanes
from tests.cast import NOW, Cast, Inventory

SECOND = timedelta(seconds=1)
REPLICA_OF_GENOME = "us-east-1"


@pytest.fixture
def lane() -> Lane[Change]:
    return lanes(threads=4, clock=lambda: NOW)[0]


@pytest.fixture
def two(inventory: Inventory, cast: Cast) -> tuple[Change, Change]:
    """One of payments, and one of research that became due later."""
    first = request_move(
        inventory.card_vault, to_region="eu-west-1", by=cast.ana, reason="x", token="1", now=NOW
    )
    second = request_move(
        inventory.genome, to_region=REPLICA_OF_GENOME, by=cast.ana, reason="x", token="2", now=NOW + SECOND
    )
    return first, second


def test_the_one_that_is_due_for_longest_comes_first(lane: Lane[Change], two: tuple[Change, Change]):
    assert next_row(lane, Running(4), now=NOW + SECOND).row == two[0]


def test_what_this_worker_is_busy_with_is_left_out(lane: Lane[Change], two: tuple[Change, Change]):
    running = Running(4)
    running.begin(two[0].pk, share_of(lane, two[0]))
    assert next_row(lane, running, now=NOW + SECOND).row == two[1]


def test_where_nothing_is_due_yet_it_says_when_something_is(lane: Lane[Change], two: tuple[Change, Change]):
    found = next_row(lane, Running(4), now=NOW - SECOND)
    assert (found.row, found.at) == (None, NOW)
    Change.objects.update(due_at=None)
    assert next_row(lane, Running(4), now=NOW).at is None


def test_an_account_that_hangs_leaves_threads_to_the_others(lane: Lane[Change], two: tuple[Change, Change]):
    """Four threads: payments may have two of them, so a change of research finds one free."""
    running, share = Running(4), share_of(lane, two[0])
    running.begin(1001, share)
    assert next_row(lane, running, now=NOW + SECOND).row == two[0], "one of four is no hardship"
    running.begin(1002, share)
    assert next_row(lane, running, now=NOW + SECOND).row == two[1]
    running.end(1001, share)
    assert next_row(lane, running, now=NOW + SECOND).row == two[0], "and it gets its turn again"


@pytest.mark.parametrize("threads", [1, 2, 3, 4, 8, 16, 33])
def test_one_account_never_has_all_threads_but_where_there_is_only_one(threads: int):
    running = Running(threads)
    taken = 0
    while ("a",) not in running.at_their_limit and running.free:
        running.begin(taken, ("a",))
        taken += 1
    assert taken == max((threads + 1) // 2, 1)
    assert running.free or threads == 1


def test_an_idle_look_is_one_query_whatever_there_is(
    lane: Lane[Change], two: tuple[Change, Change], django_assert_num_queries
):
    with django_assert_num_queries(1):
        next_row(lane, Running(4), now=NOW - SECOND)


@pytest.mark.django_db
@pytest.mark.parametrize("number", range(5))
def test_every_lane_finds_its_row_by_the_index_of_what_is_due(number: int):
    """However many rows there ever were: closed ones, which are due never again, are not in the index."""
    lane = lanes(threads=4, clock=lambda: NOW)[number]
    running = Running(4)
    running.begin(1, tuple(range(len(lane.fair_by))))
    with CaptureQueriesContext(connection) as asked:
        next_row(lane, running, now=NOW)
    [query] = asked.captured_queries
    index = next(each.name for each in lane.rows().model._meta.indexes if each.fields == ["due_at"])
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # Of tables without rows anything is cheap: whole, sorted, or joined from the other side. What
            # stays possible is to read this table in the order of an index.
            for other in ("enable_seqscan", "enable_sort", "enable_hashjoin", "enable_mergejoin"):
                cursor.execute(f"SET LOCAL {other} = off")
        cursor.execute(
            f"{'EXPLAIN' if connection.vendor == 'postgresql' else 'EXPLAIN QUERY PLAN'} {query['sql']}"
        )
        assert index in str(cursor.fetchall()), lane.name
