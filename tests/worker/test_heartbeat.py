"""Workers say that they live, and those that ended as they should are not missed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from keyconsole.notifications.models import Delivery
from keyconsole.worker import heartbeat
from keyconsole.worker.models import Worker
from tests.cast import NOW
from tests.notifications.conftest import make_route

pytestmark = pytest.mark.django_db


def test_a_worker_is_seen_each_time_it_beats_and_keeps_its_beginning():
    assert heartbeat.pulse(now=NOW).last_seen is None
    heartbeat.beat(now=NOW)
    heartbeat.beat(now=NOW + timedelta(seconds=10))
    [worker] = Worker.objects.all()
    assert (worker.name, worker.started_at) == (heartbeat.own_name(), NOW)
    assert heartbeat.pulse(now=NOW).last_seen == NOW + timedelta(seconds=10)


def test_one_that_ends_as_it_should_is_not_missed():
    heartbeat.beat(now=NOW)
    assert heartbeat.pulse(now=NOW + timedelta(seconds=59)).somebody_works
    heartbeat.end(now=NOW + timedelta(seconds=5))
    assert not heartbeat.pulse(now=NOW + timedelta(seconds=6)).somebody_works
    assert heartbeat.pulse(now=NOW).last_seen == NOW + timedelta(seconds=5), (
        "but pages can say since when nobody works"
    )
    heartbeat.tell_of_lost(now=NOW + timedelta(hours=1))
    assert not Delivery.objects.exists()


def test_one_that_went_silent_is_told_of_once():
    make_route("desk")
    heartbeat.beat(now=NOW)
    heartbeat.tell_of_lost(now=NOW + timedelta(seconds=59))
    assert not Delivery.objects.exists()
    heartbeat.tell_of_lost(now=NOW + timedelta(seconds=60))
    heartbeat.tell_of_lost(now=NOW + timedelta(seconds=65))
    [told] = Delivery.objects.all()
    assert told.topic == "worker.lost"
    assert heartbeat.own_name() in told.subject


def test_one_that_is_lost_again_is_told_of_again():
    make_route("desk")
    heartbeat.beat(now=NOW)
    heartbeat.tell_of_lost(now=NOW + timedelta(minutes=2))
    heartbeat.beat(now=NOW + timedelta(minutes=5))
    heartbeat.tell_of_lost(now=NOW + timedelta(minutes=10))
    assert Delivery.objects.count() == 2


def test_one_that_died_long_ago_is_forgotten():
    Worker.objects.create(name="old:1", started_at=NOW, seen_at=NOW)
    heartbeat.beat(now=NOW + timedelta(days=6))
    assert Worker.objects.count() == 2
    heartbeat.beat(now=NOW + timedelta(days=8))
    assert [worker.name for worker in Worker.objects.all()] == [heartbeat.own_name()]
