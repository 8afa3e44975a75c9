"""What time does to changes that wait: they expire, go stale, lose a vote, are reminded of, or become due."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from keyconsole.audit.events import Event
from keyconsole.audit.log import ITSELF
from keyconsole.changes import notifications
from keyconsole.changes.approvals.decide import back_to_pending, locked_quorum, mark_approved_if_met
from keyconsole.changes.approvals.run_gate import RunDecision, gate
from keyconsole.changes.models import Change, Review
from keyconsole.changes.plan.staleness import end_if_stale
from keyconsole.changes.quorum import quorum_of
from keyconsole.changes.states import State
from keyconsole.changes.transition import move

CHECK_EVERY = timedelta(seconds=10)


def check_waiting(change: Change, *, now: datetime) -> bool:
    """What time has done to a change that waits; True where it may run now. Raises Lost."""
    if not change.is_emergency and end_if_stale(change, actor=ITSELF, now=now):
        return False
    if change.state == State.PENDING:
        _check_pending(change, now=now)
        return False
    return _check_approved(change, now=now)


def next_check(change: Change, *, now: datetime) -> datetime:
    """When to look at a change that goes on waiting: soon, or just when its chosen time comes."""
    moments = [now + CHECK_EVERY, change.run_at, change.request_expires_at, change.approval_expires_at]
    return min(moment for moment in moments if moment and moment > now)


def remind_of_reviews(*, now: datetime) -> None:
    with transaction.atomic():
        for review in Review.objects.select_related("change").filter(reviewed_at=None, due_at__lte=now):
            notifications.review_due(review.change, now=now)


def _check_pending(change: Change, *, now: datetime) -> None:
    if change.request_expires_at and now >= change.request_expires_at:
        expire(change, now=now, why="Nobody decided about it in time.")
        return
    if change.is_emergency:
        return  # for another member of its group, whatever approvers say
    with transaction.atomic():
        quorum = quorum_of(change)
        if quorum.met:
            # Somebody who had approved may vote again: a role came back.
            mark_approved_if_met(change, actor=ITSELF, now=now)
            return
        if quorum.tightened:
            notifications.asked_for_more(change, quorum, now=now)
        if now - change.requested_at >= notifications.REMIND_EVERY:
            notifications.remind(change, quorum, now=now)


def _check_approved(change: Change, *, now: datetime) -> bool:
    answer = gate(change, now=now)
    if answer.decision == RunDecision.EXPIRE:
        expire(change, now=now, why=" ".join(answer.reasons))
    elif answer.decision == RunDecision.ASK_AGAIN:
        _ask_again(change, now=now, why=" ".join(answer.reasons))
    return answer.decision == RunDecision.RUN


def _ask_again(change: Change, *, now: datetime, why: str) -> None:
    with transaction.atomic():
        quorum = locked_quorum(change)
        if not quorum.met:
            back_to_pending(change, quorum, actor=ITSELF, now=now, why=why)


def expire(change: Change, *, now: datetime, why: str) -> None:
    move(
        change,
        to=State.EXPIRED,
        event=Event.CHANGE_EXPIRED,
        actor=ITSELF,
        now=now,
        data={"why": why},
        outcome=f"Expired. {why} Nothing was sent to AWS.",
    )
