"""The demo's past as it stands once it was told: whole, in order, and kept to its own rules."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

from django.contrib.auth import authenticate
from django.utils import timezone

from keyconsole.audit.events import Event
from keyconsole.audit.models import Entry
from keyconsole.audit.verification import first_broken_entry
from keyconsole.aws_accounts.permissions import can_somewhere
from keyconsole.aws_accounts.roles import Permission
from keyconsole.changes.models import Attempt, Change
from keyconsole.changes.states import State
from keyconsole.demo.people import PEOPLE
from keyconsole.inventory.models import Cause, MultiRegionKey, PrimaryPeriod, RegionKey, Sight


def test_the_record_is_an_unbroken_chain_in_the_order_of_time(told: None):
    assert first_broken_entry() is None
    moments = list(Entry.objects.order_by("number").values_list("at", flat=True))
    assert moments == sorted(moments)
    assert timedelta(days=400) < moments[-1] - moments[0] < timedelta(days=430)


def test_numbers_of_changes_rise_with_time_and_the_last_ones_wait(told: None):
    waiting = Change.objects.filter(state=State.PENDING).order_by("number")
    assert [change.batch and change.batch.ref for change in waiting] == [None, "BR-1", "BR-1", "BR-1"]
    changes = Change.objects.filter(number__lt=waiting[0].number).order_by("number")
    assert changes.count() + waiting.count() == Change.objects.count()
    sent = [change.closed_at for change in changes]
    assert sent == sorted(sent, key=lambda at: at or timezone.now())
    assert {change.state for change in changes} == {
        State.DONE,
        State.STALE,
        State.NOT_APPLIED,
        State.CANCELLED,
    }
    assert all(change.requested_at < (change.closed_at or change.requested_at) for change in changes)


def test_periods_follow_each_other_and_the_open_one_is_where_the_primary_is(told: None):
    for key in MultiRegionKey.objects.prefetch_related("primary_periods"):
        periods = list(key.primary_periods.all())
        assert periods[0].cause == Cause.FIRST_SEEN
        assert [period.ended_at is None for period in periods] == [False] * (len(periods) - 1) + [True]
        assert periods[-1].region == key.primary_region
        for before, after in pairwise(periods):
            assert before.ended_at == after.started_at
            assert before.region != after.region
            assert before.confirmed_at is not None
            assert before.confirmed_at <= after.started_at
            assert (after.not_before is None) == (after.cause == Cause.CHANGE)


def test_each_period_of_a_change_names_one_that_was_done_then(told: None):
    changes = {change.ref: change for change in Change.objects.select_related("attempt")}
    ours = PrimaryPeriod.objects.filter(cause=Cause.CHANGE)
    assert {period.change_ref for period in ours} == {
        ref for ref, change in changes.items() if change.state == State.DONE
    }
    for period in ours:
        change = changes[period.change_ref]
        assert (period.key_id, period.region) == (change.key_id, change.to_region)
        assert period.started_at == change.attempt.started_at


def test_a_change_has_the_record_that_its_state_asks_for(told: None):
    for change in Change.objects.closed().select_related("policy_version__policy"):
        entries = Entry.objects.filter(subject=change.ref).order_by("number")
        events = [entry.event for entry in entries if entry.event != Event.EMERGENCY_REVIEWED]
        assert events[0] == Event.CHANGE_REQUESTED
        assert events.count(Event.CHANGE_APPROVAL_GIVEN) == change.approvals.count()
        assert events[-1] == f"change.{change.state}"
        assert entries[0].data["policy"] == str(change.policy_version or "none")
        assert entries[0].data["rules"] == change.rules
        sent = Event.CHANGE_EXECUTION_STARTED in events
        assert sent == Attempt.objects.filter(change=change).exists()
        assert change.outcome


def test_nobody_approves_what_they_asked_for(told: None):
    approved = [
        (change, approval)
        for change in Change.objects.prefetch_related("approvals")
        for approval in change.approvals.all()
    ]
    assert len(approved) > 8
    assert all(approval.approver_id != change.requester_id for change, approval in approved)
    assert all(approval.plan_sha256 == change.plan_sha256 for change, approval in approved)


def test_dan_may_see_nothing_and_ada_no_longer_asks(told: None):
    people = {
        person.username: authenticate(username=person.username, password=person.password) for person in PEOPLE
    }
    dan, ada = people["dan"], people["ada"]
    assert dan is not None
    assert ada is not None
    assert not any(can_somewhere(dan, permission) for permission in Permission)
    assert can_somewhere(ada, Permission.ADMINISTER)
    assert not can_somewhere(ada, Permission.REQUEST)


def test_a_region_that_the_primary_left_for_good_is_remembered_as_gone(told: None):
    (gone,) = RegionKey.objects.filter(sight=Sight.GONE)
    assert (gone.key.name, gone.region) == ("audit-trail", "us-east-1")
    (missed,) = Entry.objects.filter(event=Event.KEY_REPLICA_GONE)
    assert (missed.subject, missed.at) == (gone.key.key_id, gone.last_look_at)
    assert gone.last_seen_at is not None
    assert gone.last_seen_at < missed.at
