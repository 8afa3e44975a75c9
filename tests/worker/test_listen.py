"""PostgreSQL wakes a lane when one of its rows comes due; SQLite says that it cannot."""

from __future__ import annotations

import threading

import pytest
from django.db import connection
from django.utils import timezone

from keyconsole.notifications.models import Delivery
from keyconsole.worker.lanes import lanes
from keyconsole.worker.listen import Listener, can_listen
from tests.cast import make_cast
from tests.patience import PATIENCE

pytestmark = pytest.mark.django_db(transaction=True)


def test_only_postgresql_can_listen():
    assert can_listen() == (connection.vendor == "postgresql")


def test_a_row_that_comes_due_wakes_its_lane():
    if not can_listen():
        assert connection.vendor == "sqlite"
        return
    heard: list[str] = []
    news = threading.Event()

    def wake(table: str) -> None:
        heard.append(table)
        news.set()

    listener = Listener(wake)
    listener.start()
    try:
        person = make_cast().ben
        row = Delivery(person=person, topic="reminder", subject="x", body="x", created_at=timezone.now())
        while not news.wait(0.2):  # it may not listen yet
            row.pk, row.ref = None, Delivery().ref
            row.due_at = timezone.now()
            row.save(force_insert=True)
            assert Delivery.objects.count() < PATIENCE / 0.2, "nobody was woken"
    finally:
        listener.stop()
    tables = {lane.rows().model._meta.db_table for lane in lanes(threads=1, clock=timezone.now)}
    assert set(heard) == {"notifications_delivery"}
    assert set(heard) <= tables


def test_every_lane_has_its_trigger_on_postgresql():
    if not can_listen():
        assert connection.vendor == "sqlite"
        return
    tables = {lane.rows().model._meta.db_table for lane in lanes(threads=1, clock=timezone.now)}
    with connection.cursor() as cursor:
        cursor.execute("SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'keyconsole_wake'")
        assert {row[0] for row in cursor.fetchall()} == tables
