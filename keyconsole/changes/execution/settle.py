"""Watches a change after its call until every Region agrees. Each look is one step; nothing here sleeps."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F

from keyconsole.audit.events import Event
from keyconsole.changes import notifications
from keyconsole.changes.execution.looks import call_so_far, was_seen
from keyconsole.changes.execution.observe import Seen, enter_for, not_entered, observe
from keyconsole.changes.execution.store_observations import change_regions, store_round
from keyconsole.changes.execution.worker_name import worker_name
from keyconsole.changes.kinds.parts import Judgement, Outcome, View
from keyconsole.changes.kinds.registry import kind_of
from keyconsole.changes.models import Answer, Attempt, Change
from keyconsole.changes.states import State
from keyconsole.changes.transition import move, record_event
from keyconsole.inventory.models import Sight
from keyconsole.kms.errors import KmsError
from keyconsole.lease import give_back, renew, take
from keyconsole.refusals import Lost

# As long as that of an execution: a look enters the account (15 s) and asks every Region (25 s) at most.
LEASE = timedelta(seconds=90)
PAUSES = (1, 1, 2, 3, 5, 8)  # seconds between the first looks; then always the longest
LONGEST_PAUSE = 10
PAUSE_WHEN_OVERDUE = 60


def begin(change: Change, *, now: datetime, why: str, actor: str) -> None:
    """From the call to watching; raises Lost where another worker did that already."""
    deadline = now + timedelta(seconds=settings.KEYCONSOLE_SETTLE_DEADLINE_SECONDS)
    move(
        change,
        to=State.SETTLING,
        event=Event.CHANGE_SETTLING,
        actor=actor,
        now=now,
        data={"why": why, "deadline_at": deadline.isoformat()},
        deadline_at=deadline,
    )


def settle(change: Change, *, clock: Callable[[], datetime]) -> None:
    """Look once in every Region and decide. Safe to call twice, late, or from many workers at once."""
    if change.state != State.SETTLING or not take(change, now=clock(), lasts=LEASE):
        return
    again_at = clock() + pause_after(change)
    try:
        seen = _look(change)
        now = clock()
        store_round(change, seen, now=now)
        _conclude(change, _judgement(change, seen), again_at=again_at, now=now)
    except Lost:
        return


def _look(change: Change) -> list[Seen]:
    regions = change_regions(change)
    try:
        with enter_for(change.key.account, name=change.ref) as session:
            return observe(change.key, session, regions=regions, needed=len(change.regions))
    except KmsError as error:
        return not_entered(regions, error)


def pause_after(change: Change) -> timedelta:
    if change.overdue_since:
        return timedelta(seconds=PAUSE_WHEN_OVERDUE)
    taken = max(change.rounds_taken - 1, 0)
    return timedelta(seconds=PAUSES[taken] if taken < len(PAUSES) else LONGEST_PAUSE)


def _judgement(change: Change, seen: list[Seen]) -> Judgement:
    attempt = Attempt.objects.get(change=change)
    blind = _unreadable_before(change)
    return kind_of(change).judge(
        change,
        [
            View(one.region, one.role, one.state, one.names_primary, gone=one.sight == Sight.GONE)
            for one in seen
        ],
        call=call_so_far(change, attempt, seen, not_needed=blind - set(change.regions)),
        not_required=blind,
    )


def _unreadable_before(change: Change) -> frozenset[str]:
    """Regions that could not be read before the call either."""
    before = change.observations.filter(looked_at__lte=change.attempt.started_at).order_by("round")
    last = {seen.region: seen.role for seen in before}
    return frozenset(region for region, role in last.items() if not role)


def _conclude(change: Change, judgement: Judgement, *, again_at: datetime, now: datetime) -> None:
    if judgement.outcome == Outcome.DONE:
        _end_done(change, judgement, now=now)
    elif judgement.outcome == Outcome.NOT_APPLIED:
        _end_not_applied(change, judgement, now=now)
    else:
        _wait(change, judgement, again_at=again_at, now=now)


def _end_done(change: Change, judgement: Judgement, *, now: datetime) -> None:
    attempt: Attempt = change.attempt
    sentence = judgement.sentence
    ours = attempt.answer not in {Answer.REFUSED, Answer.NOT_SENT}
    if skipped := _unreadable_before(change) - set(change.regions):
        sentence += f" Not read, neither before nor after: {', '.join(sorted(skipped))}."
    with transaction.atomic():
        move(
            change,
            to=State.DONE,
            event=Event.CHANGE_DONE,
            actor=worker_name(),
            now=now,
            data={"sentence": sentence, "request_id": attempt.request_id},
            outcome=sentence,
        )
        kind_of(change).keep(change, attempt, ours=ours, now=now)


def _end_not_applied(change: Change, judgement: Judgement, *, now: datetime) -> None:
    attempt: Attempt = change.attempt
    sentence = f"{judgement.sentence} {_what_aws_said(change, attempt)}".rstrip()
    move(
        change,
        to=State.NOT_APPLIED,
        event=Event.CHANGE_NOT_APPLIED,
        actor=worker_name(),
        now=now,
        data={"sentence": sentence},
        outcome=sentence,
    )


def _what_aws_said(change: Change, attempt: Attempt) -> str:
    if was_seen(change):
        after = kind_of(change).role_after(change, change.to_region)
        return f"{change.to_region} had been seen as the {after}: somebody changed it again."
    if attempt.answer == Answer.SUCCESS:
        return f"AWS had answered with success (request {attempt.request_id})."
    if attempt.answer == Answer.REFUSED:
        return f"AWS had refused the call: {attempt.error_message}"
    if attempt.answer == Answer.NOT_SENT:
        return attempt.error_message
    if attempt.request_id:
        return (
            f"AWS had answered with an error of its own ({attempt.error_code}, request {attempt.request_id})."
        )
    return "No answer to the call ever came."


def _wait(change: Change, judgement: Judgement, *, again_at: datetime, now: datetime) -> None:
    with transaction.atomic():
        renew(change, now=now, lasts=LEASE)
        Change.objects.filter(pk=change.pk).update(outcome=judgement.sentence, version=F("version") + 1)
        if change.deadline_at and now >= change.deadline_at:
            _raise_flag(change, judgement, now=now)
        give_back(change, due_at=again_at)


def _raise_flag(change: Change, judgement: Judgement, *, now: datetime) -> None:
    raised = Change.objects.filter(pk=change.pk, state=State.SETTLING, overdue_since=None).update(
        overdue_since=now, version=F("version") + 1
    )
    if raised:
        notifications.overdue(change, now=now)
        record_event(
            change, Event.CHANGE_OVERDUE, actor=worker_name(), now=now, data={"sentence": judgement.sentence}
        )
