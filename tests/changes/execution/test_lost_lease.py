"""A worker whose lease was taken writes nothing, whatever it saw; and an end needs that nothing moved."""

from __future__ import annotations

import pytest

from keyconsole.audit.events import Event
from keyconsole.audit.models import Entry
from keyconsole.changes.execution import execute, observe, settle
from keyconsole.changes.models import Answer, Attempt, Change, Observation
from keyconsole.changes.states import State
from keyconsole.changes.transition import ForbiddenStepError, move
from keyconsole.lease import take
from keyconsole.refusals import Lost
from tests.changes.approvals.teams import claim
from tests.changes.conftest import REPLICA, THIRD, look_again, moves_sent, run

pytestmark = pytest.mark.django_db


def again(change):
    return Change.objects.select_related("key__account", "requester", "batch").get(pk=change.pk)


def end_as_stale(change, clock):
    move(
        change,
        to=State.STALE,
        event=Event.CHANGE_STALE,
        actor="worker a",
        now=clock(),
        outcome="Nothing was sent.",
    )


def test_a_worker_without_its_lease_cannot_close_what_another_has_sent(ask, clock, kms, monkeypatch):
    """It looked for longer than its lease; meanwhile another worker sent the call. AWS moved the key."""
    slow = ask()
    look = observe.observe

    def look_slowly(key, session, **asked):
        look(key, session, **asked)
        clock.pass_time(seconds=execute.LEASE.total_seconds() + 1)
        monkeypatch.setattr(execute, "observe", look)
        execute.execute(again(slow), clock=clock)
        assert moves_sent(kms) == 1
        return look(key, session, **asked)  # which now differs from the plan

    monkeypatch.setattr(execute, "observe", look_slowly)
    execute.execute(slow, clock=clock)
    assert again(slow).state == "settling"
    assert look_again(slow, clock).state == "done"
    assert not Entry.objects.filter(subject=slow.ref, event="change.stale").exists()
    assert moves_sent(kms) == 1


def test_a_step_that_is_taken_just_after_the_lease_was_lost_is_refused(ask, clock):
    """Nothing was looked at or stored in between, where it would have been noticed before."""
    change = ask()
    claim(change, now=clock())
    Change.objects.filter(pk=change.pk).update(lease="another worker's")
    with pytest.raises(Lost):
        end_as_stale(change, clock)
    assert again(change).state == "executing"


def test_what_it_saw_is_not_even_kept(ask, clock, monkeypatch):
    change = ask()
    look = observe.observe

    def look_and_lose(key, session, **asked):
        Change.objects.update(lease="another worker's")
        return look(key, session, **asked)

    monkeypatch.setattr(execute, "observe", look_and_lose)
    execute.execute(change, clock=clock)
    assert not Observation.objects.exists()
    assert not Attempt.objects.exists()


def test_a_look_while_settling_that_lost_its_lease_ends_nothing(ask, clock, kms, monkeypatch):
    kms.settle_seconds(60)
    change = run(ask(), clock)
    kms.settle_seconds(0)
    clock.pass_time(seconds=2)
    look = observe.observe

    def look_and_lose(key, session, **asked):
        Change.objects.update(lease="another worker's")
        return look(key, session, **asked)

    monkeypatch.setattr(settle, "observe", look_and_lose)
    settle.settle(again(change), clock=clock)
    assert again(change).state == "settling"


@pytest.mark.parametrize("answer", [Answer.NONE_YET, Answer.SUCCESS, Answer.LOST])
def test_an_end_before_settling_needs_that_nothing_can_have_moved(ask, clock, answer):
    change = ask()
    claim(change, now=clock())
    attempt = execute._commit_attempt(change, now=clock())
    Attempt.objects.filter(pk=attempt.pk).update(answer=answer)
    with pytest.raises(Lost):
        end_as_stale(change, clock)
    assert again(change).state == "executing"


@pytest.mark.parametrize("answer", [Answer.REFUSED, Answer.NOT_SENT])
def test_what_aws_refused_or_never_got_may_end(ask, clock, answer):
    change = ask()
    claim(change, now=clock())
    attempt = execute._commit_attempt(change, now=clock())
    Attempt.objects.filter(pk=attempt.pk).update(answer=answer)
    move(
        change,
        to=State.NOT_APPLIED,
        event=Event.CHANGE_NOT_APPLIED,
        actor="worker a",
        now=clock(),
        outcome="AWS refused.",
    )
    assert again(change).state == "not_applied"


@pytest.mark.parametrize("state", ["executing", "settling"])
def test_nobody_moves_what_is_in_flight_without_holding_it(ask, clock, state):
    change = ask()
    claim(change, now=clock())
    Change.objects.update(state=state)
    to = State.STALE if state == "executing" else State.DONE
    with pytest.raises(ForbiddenStepError):
        move(again(change), to=to, event=Event.CHANGE_STALE, actor="somebody", now=clock())


def test_a_region_that_does_not_decide_holds_nothing_back(ask, clock, kms, monkeypatch):
    """The third Region takes the call and does not answer: the two of the move are enough to send it."""
    monkeypatch.setattr(observe, "GRACE_SECONDS", 0.2)
    kms.fault("timeout-before", operation="DescribeKey", region=THIRD, seconds=600)
    change = ask()
    execute.execute(change, clock=clock)
    assert again(change).state == "settling"
    assert moves_sent(kms) == 1
    assert Observation.objects.get(round=0, region=THIRD).problem.startswith("No answer from")


def test_a_region_of_the_move_that_does_not_answer_is_unknown_and_ends_nothing(ask, clock, kms, monkeypatch):
    monkeypatch.setattr(observe, "OBSERVE_SECONDS", 0.5)
    kms.fault("timeout-before", operation="DescribeKey", region=REPLICA, seconds=600)
    change = ask()
    execute.execute(change, clock=clock)
    found = again(change)
    assert (found.state, found.lease) == ("approved", "")
    assert take(found, now=clock() + execute.PAUSE_BETWEEN_LOOKS, lasts=execute.LEASE)
    assert moves_sent(kms) == 0
