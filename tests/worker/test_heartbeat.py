"""Workers say that they live, and those that ended as they should are not missed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from keyconsole.worker import heartbeat
from keyconsole.worker.models import Worker
from tests.cast import NOW

pytestmark = pytest.mark.django_db


def test_a_worker_is_seen_each_time_it_beats_and_keeps_its_beginning():
    assert heartbeat.last_seen() is None
    heartbeat.beat(now=NOW)
    heartbeat.beat(now=NOW + timedelta(seconds=10))
    [worker] = Worker.objects.all()
    assert (worker.name, worker.started_at) == (heartbeat.own_name(), NOW)
    assert heartbeat.last_seen() == NOW + timedelta(seconds=10)


def test_one_that_ends_as_it_should_is_not_missed():
    heartbeat.beat(now=NOW)
    heartbeat.end()
    assert heartbeat.last_seen() is None


def test_one_that_died_long_ago_is_forgotten():
    Worker.objects.create(name="old:1", started_at=NOW, seen_at=NOW)
    heartbeat.beat(now=NOW + timedelta(days=6))
    assert Worker.objects.count() == 2
    heartbeat.beat(now=NOW + timedelta(days=8))
    assert [worker.name for worker in Worker.objects.all()] == [heartbeat.own_name()]
