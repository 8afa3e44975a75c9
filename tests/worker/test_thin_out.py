"""Rows that only grow go after a time, a portion at a time, and what pages tell stays true."""

from __future__ import annotations

from datetime import timedelta

import pytest

from keyconsole.audit.models import Entry
from keyconsole.changes.execution import thin_out as looks
from keyconsole.changes.models import Approval, Attempt, Change, Observation
from keyconsole.inventory.models import Depth, PrimaryPeriod, Scan, ScanState
from keyconsole.inventory.scan import thin_out as scans
from keyconsole.notifications import thin_out as messages
from keyconsole.notifications.models import Delivery, DeliveryState, Route
from keyconsole.web.changes.rounds import folded
from keyconsole.worker.sweep import thin_out
from tests.cast import NOW
from tests.changes.actions.ready import overdue
from tests.web.stories import looked

pytestmark = pytest.mark.django_db
LONG_AGO = NOW - timedelta(days=500)


@pytest.fixture
def closed(cast, inventory):
    """Looked at once before its call and nine times after; seen at rest, moving, and at rest again."""
    change = overdue(cast, inventory)
    Attempt.objects.update(started_at=LONG_AGO)
    looked(change, 0, "before", at=LONG_AGO - timedelta(seconds=5))
    for number, picture in enumerate(["before"] * 4 + ["moving"] * 2 + ["before"] * 3, start=1):
        looked(change, number, picture, at=LONG_AGO + timedelta(seconds=number))
    Change.objects.filter(pk=change.pk).update(state="done", closed_at=LONG_AGO, due_at=None)
    return Change.objects.get(pk=change.pk)


def rounds(change):
    return sorted(set(change.observations.values_list("round", flat=True)))


def test_of_equal_looks_the_first_and_the_last_stay_and_the_page_shows_the_same(closed):
    called_at = closed.attempt.started_at
    before = folded(closed.observations.all(), called_at=called_at)
    evidence = (Entry, Approval, Attempt, PrimaryPeriod)
    kept = [model.objects.count() for model in evidence]
    thin_out(now=NOW)
    assert rounds(closed) == [0, 1, 4, 5, 6, 7, 9]
    assert folded(closed.observations.all(), called_at=called_at) == before
    closed.refresh_from_db()
    assert closed.looks_thinned_at == NOW
    assert kept == [model.objects.count() for model in evidence]


@pytest.mark.parametrize(
    "still", [{"state": "settling", "closed_at": None}, {"closed_at": NOW - timedelta(days=399)}]
)
def test_what_is_open_or_closed_lately_keeps_each_look(closed, still):
    Change.objects.update(**still)
    thin_out(now=NOW)
    assert rounds(closed) == list(range(10))


def test_it_goes_in_portions_and_is_done_when_nothing_more_could_go(closed, monkeypatch):
    monkeypatch.setattr(looks, "LOOKS_AT_ONCE", 2)
    thin_out(now=NOW)
    assert len(rounds(closed)) == 8
    assert not Change.objects.exclude(looks_thinned_at=None).exists()
    thin_out(now=NOW)
    assert len(rounds(closed)) == 7
    assert Change.objects.exclude(looks_thinned_at=None).exists()


def test_what_is_done_is_not_read_again(closed, django_assert_num_queries):
    thin_out(now=NOW)
    with django_assert_num_queries(3):
        thin_out(now=NOW)
    assert Observation.objects.exists()


def scanned(account, *, days_ago, depth=Depth.KEYS, state=ScanState.FINISHED):
    at = NOW - timedelta(days=days_ago)
    return Scan.objects.create(
        account=account, asked_by="ana", asked_at=at, finished_at=at, depth=depth, state=state
    )


def test_of_old_scans_the_last_of_each_depth_and_end_stays(cast, monkeypatch):
    gone = [scanned(cast.payments, days_ago=days) for days in (300, 200, 150)]
    kept = [
        scanned(cast.payments, days_ago=120, depth=Depth.DETAILS),
        scanned(cast.payments, days_ago=110, state=ScanState.FAILED),
        scanned(cast.payments, days_ago=100),
        scanned(cast.research, days_ago=400),
    ]
    monkeypatch.setattr(scans, "PORTION", 2)
    assert scans.thin_out_scans(now=NOW) == 2
    assert scans.thin_out_scans(now=NOW) == 1
    assert scans.thin_out_scans(now=NOW) == 0
    assert set(Scan.objects.all()) == set(kept)
    assert not Scan.objects.filter(pk__in=[one.pk for one in gone]).exists()


def sent(route, state, *, days_ago, topic="reminder"):
    at = NOW - timedelta(days=days_ago)
    arrived = at if state == DeliveryState.SENT else None
    return Delivery.objects.create(
        route=route, topic=topic, subject="s", body="b", state=state, created_at=at, sent_at=arrived
    )


def test_messages_that_were_sent_go_and_those_that_were_not_stay(db):
    route = Route.objects.create(name="chat", kind="webhook", added_at=NOW)
    sent(route, DeliveryState.SENT, days_ago=91)
    kept = [sent(route, DeliveryState.SENT, days_ago=89), sent(route, DeliveryState.DEAD, days_ago=900)]
    kept.append(sent(route, DeliveryState.SENT, days_ago=900, topic="emergency.used"))
    assert messages.thin_out_messages(now=NOW) == 1
    assert set(Delivery.objects.all()) == set(kept)
