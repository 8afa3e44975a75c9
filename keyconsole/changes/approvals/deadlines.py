"""What time does to changes that wait: they expire, go stale, lose a vote, are reminded of, or become due."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from keyconsole.audit.events import Event
from keyconsole.audit.log import ITSELF
from keyconsole.changes import notifications, tasks
from keyconsole.changes.approvals.decide import back_to_pending, mark_approved_if_met
from keyconsole.changes.approvals.run_gate import RunDecision, gate
from keyconsole.changes.models import Change, Review
from keyconsole.changes.plan.staleness import end_if_stale
from keyconsole.changes.quorum import standing_of
from keyconsole.changes.states import State
from keyconsole.changes.transition import move
from keyconsole.refusals import Lost

# Longer than a busy queue needs to reach a task: a healthy one is rarely doubled, and a double is harmless.
PATIENCE = timedelta(seconds=15)


def attend(*, now: datetime) -> None:
    """Look after every change that waits. Harmless where two workers do it at once."""
    for change in Change.objects.select_related("key__account", "requester", "batch").filter(
        state__in=[State.PENDING, State.APPROVED]
    ):
        try:
            _attend_one(change, now=now)
        except Lost:
            continue
    with transaction.atomic():
        for review in Review.objects.select_related("change").filter(reviewed_at=None, due_at__lte=now):
            notifications.review_due(review.change, now=now)


def _attend_one(change: Change, *, now: datetime) -> None:
    if not change.is_emergency and end_if_stale(change, actor=ITSELF, now=now):
        return
    if change.state == State.PENDING:
        _attend_pending(change, now=now)
    else:
        _attend_approved(change, now=now)


def _attend_pending(change: Change, *, now: datetime) -> None:
    if change.request_expires_at and now >= change.request_expires_at:
        expire(change, now=now, why="Nobody decided about it in time.")
        return
    with transaction.atomic():
        if standing_of(change).met:
            # Somebody who had approved may vote again: a role came back.
            mark_approved_if_met(change, actor=ITSELF, now=now)
        elif now - change.requested_at >= notifications.REMIND_EVERY:
            notifications.remind(change, now=now)


def _attend_approved(change: Change, *, now: datetime) -> None:
    answer = gate(change, now=now)
    if answer.decision == RunDecision.EXPIRE:
        expire(change, now=now, why=" ".join(answer.reasons))
    elif answer.decision == RunDecision.ASK_AGAIN:
        with transaction.atomic():
            back_to_pending(change, actor=ITSELF, now=now, why=" ".join(answer.reasons))
    elif answer.decision == RunDecision.RUN and _mark(change, now=now):
        tasks.execute.enqueue(change.ref)


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


def _mark(change: Change, *, now: datetime) -> bool:
    """Note that a change that is due was enqueued now; False where another sweep did that lately."""
    last = change.next_look_at or change.state_since
    if now - last < PATIENCE:
        return False
    waiting = Change.objects.filter(pk=change.pk, state=State.APPROVED, next_look_at=change.next_look_at)
    return waiting.update(next_look_at=now) == 1
