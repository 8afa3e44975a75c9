"""The threads of a lane: what hangs does not hold up the rest, what breaks is not tried at once again."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from keyconsole.lease import give_back, take
from keyconsole.notifications.models import Delivery
from keyconsole.worker.lanes import Lane
from keyconsole.worker.pool import Pool
from tests.cast import Cast, make_cast
from tests.patience import PATIENCE

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def people(transactional_db: None) -> Cast:
    return make_cast()


def due(person: Any, subject: str) -> Delivery:
    now = timezone.now()
    return Delivery.objects.create(
        person=person, topic="reminder", subject=subject, body="x", created_at=now, due_at=now
    )


@pytest.fixture
def run_pool() -> Iterator[Callable[..., Pool[Delivery]]]:
    pools: list[Pool[Delivery]] = []

    def start(step: Callable[[Delivery], None], *, threads: int = 2, poll: float = 0.05) -> Pool[Delivery]:
        lane = Lane(
            name="test",
            rows=lambda: Delivery.objects.select_related("person"),
            step=step,
            fair_by=("person_id",),
            threads=threads,
        )
        pool = Pool(lane, poll=poll, clock=timezone.now)
        pool.start()
        pools.append(pool)
        return pool

    yield start
    for pool in pools:
        pool.stop()
        pool.join(seconds=PATIENCE)


def done(row: Delivery) -> None:
    if take(row, now=timezone.now(), lasts=timedelta(seconds=60)):
        give_back(row, due_at=None)


def test_one_that_hangs_does_not_hold_up_another(people: Cast, run_pool: Callable[..., Any]):
    release, finished = threading.Event(), threading.Event()
    for number in range(3):
        due(people.ben, f"hangs {number}")
    due(people.bea, "is quick")

    def step(row: Delivery) -> None:
        if row.subject.startswith("hangs"):
            take(row, now=timezone.now(), lasts=timedelta(seconds=60))
            release.wait(PATIENCE)
        done(row)
        if row.subject == "is quick":
            finished.set()

    run_pool(step)
    try:
        assert finished.wait(PATIENCE), "three rows of Ben's hang, and Bea's waits behind them"
    finally:
        release.set()


def test_a_step_that_breaks_off_keeps_its_lease_and_the_lane_goes_on(
    people: Cast, run_pool: Callable[..., Any], caplog: pytest.LogCaptureFixture
):
    broken = due(people.ben, "breaks")
    due(people.bea, "works")
    tries, broke, finished = [], threading.Event(), threading.Event()

    def step(row: Delivery) -> None:
        if row.subject == "breaks":
            take(row, now=timezone.now(), lasts=timedelta(seconds=60))
            tries.append(row.pk)
            broke.set()
            raise ZeroDivisionError
        done(row)
        finished.set()

    with caplog.at_level(logging.ERROR):
        run_pool(step)
        assert broke.wait(PATIENCE)
        assert finished.wait(PATIENCE)
    broken.refresh_from_db()
    assert broken.lease
    assert tries == [broken.pk]


def test_a_lane_that_is_woken_does_not_wait_for_its_next_poll(people: Cast, run_pool: Callable[..., Any]):
    finished = threading.Event()

    def step(row: Delivery) -> None:
        done(row)
        finished.set()

    pool = run_pool(step, poll=PATIENCE * 10)
    row = due(people.ben, "new")
    while not finished.wait(0.1):
        pool.wake()  # the pool may not have begun to wait when it was woken first
        row.refresh_from_db()
        assert row.due_at is None or timezone.now() - row.created_at < timedelta(seconds=PATIENCE)


def test_a_row_that_comes_due_later_is_taken_then_and_not_at_the_next_poll(
    people: Cast, run_pool: Callable[..., Any]
):
    row = due(people.ben, "later")
    Delivery.objects.update(due_at=timezone.now() + timedelta(seconds=0.3))
    finished = threading.Event()

    def step(row: Delivery) -> None:
        done(row)
        finished.set()

    run_pool(step, poll=PATIENCE * 10)
    assert finished.wait(PATIENCE)
    row.refresh_from_db()
    assert row.due_at is None


def test_after_it_was_stopped_it_begins_nothing(people: Cast, run_pool: Callable[..., Any]):
    begun = []
    pool = run_pool(lambda row: begun.append(row.pk))
    pool.stop()
    pool.join(seconds=PATIENCE)
    due(people.ben, "too late")
    assert begun == []
