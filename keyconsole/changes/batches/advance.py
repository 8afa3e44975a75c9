"""Carries batches on: begins the next wave, stops at a failure, notes the end. Workers call it, never pages.

Each step holds a lock on the batch's accounts, so that two workers never fill the same room in the quota. A
worker that is lost between two steps leaves lines that have begun or not, never in between.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q

from keyconsole.audit.events import Event
from keyconsole.audit.log import ITSELF
from keyconsole.aws_accounts.models import AwsAccount
from keyconsole.changes.approvals.run_gate import RunDecision, gate, held_back_now
from keyconsole.changes.batches import notifications
from keyconsole.changes.batches.audit import record_batch_event
from keyconsole.changes.batches.waves import COUNTS_FOR, Move, next_wave
from keyconsole.changes.execution.looks import CALL_LASTS_AT_MOST
from keyconsole.changes.models import Batch, Change, OnFailure
from keyconsole.changes.notifications import REMIND_EVERY
from keyconsole.changes.quorum import Quorum, quorums_of
from keyconsole.changes.states import CLOSED, IN_FLIGHT, State, in_words
from keyconsole.changes.transition import lock_rows, move
from keyconsole.lease import give_back, take
from keyconsole.policies.schedule import freeze
from keyconsole.refusals import Lost

FAILED = frozenset({State.REJECTED, State.EXPIRED, State.STALE, State.NOT_APPLIED, State.UNKNOWN})
NOT_BEGUN = (State.PENDING, State.APPROVED)


LEASE = timedelta(seconds=60)
CHECK_EVERY = timedelta(seconds=10)


def step(batch: Batch, *, clock: Callable[[], datetime]) -> None:
    """What a worker does for a batch that is due."""
    if take(batch, now=clock(), lasts=LEASE):
        give_back(batch, due_at=advance(batch, now=clock()))


def advance(batch: Batch, *, now: datetime) -> datetime | None:
    """One step, and when the next is due. Safe to call twice, late, or from many workers at once."""
    if batch.ended_at:
        return None
    soon = now + CHECK_EVERY
    lines = _lines(batch)
    if failed := _failure(batch, lines):
        # Not which one: whoever sees other lines of the batch may not see that one.
        why = f"One of its changes is {in_words(failed.state)}."
        if stop(batch, event=Event.BATCH_STOPPED, actor=ITSELF, why=why, now=now):
            batch.refresh_from_db()
    if batch.stopped_at:
        cancel_rest(batch, lines, actor=ITSELF, why=f"{batch.ref} was stopped: {batch.stopped_why}", now=now)
    elif (_ready(batch, lines, now=now) or any(_held(line) for line in lines)) and _begin_wave(
        batch, now=now
    ):
        soon = now + COUNTS_FOR
    _remind(batch, lines, now=now)
    return None if _end(batch, now=now) else soon


def stop(
    batch: Batch,
    *,
    event: Event,
    actor: str,
    why: str,
    now: datetime,
    via: str = ITSELF,
) -> bool:
    """From now on no further line begins; False where it was stopped before."""
    with transaction.atomic():
        stopped = Batch.objects.filter(pk=batch.pk, stopped_at=None).update(stopped_at=now, stopped_why=why)
        if stopped:
            record_batch_event(batch, event, actor=actor, now=now, data={"why": why, "via": via})
    return bool(stopped)


def cancel_rest(batch: Batch, lines: Iterable[Change], *, actor: str, why: str, now: datetime) -> None:
    """Close what has not begun, line by line: whatever is left when a worker is lost, the next one closes."""
    for line in lines:
        if line.state not in NOT_BEGUN:
            continue
        try:
            move(
                line,
                to=State.CANCELLED,
                event=Event.CHANGE_CANCELLED,
                actor=actor,
                now=now,
                data={"reason": why, "batch": batch.ref},
                outcome=f"Not begun. {why}",
            )
        except Lost:
            continue


def _lines(batch: Batch) -> list[Change]:
    return list(batch.changes.select_related("key__account", "requester", "batch").order_by("number"))


def _failure(batch: Batch, lines: Iterable[Change]) -> Change | None:
    """The first line that ended otherwise than done, where that is to stop the rest."""
    if batch.stopped_at or batch.on_failure != OnFailure.STOP:
        return None
    return next((line for line in lines if line.state in FAILED), None)


def _begin_wave(batch: Batch, *, now: datetime) -> bool:
    """True where others wait for room in the quota."""
    with transaction.atomic():
        _lock_accounts(batch)
        lock_rows(batch.changes.all())
        lines = _lines(batch)
        _take_back(lines, now=now)
        waiting = _ready(batch, lines, now=now)
        wave = next_wave([_as_move(line) for line in waiting], _busy(batch, now=now)) if waiting else []
        begun = [
            line for line in waiting if line.ref in {each.ref for each in wave} and _release(line, now=now)
        ]
        if not begun:
            return bool(waiting)
        data = {"changes": [line.ref for line in begun], "waiting": len(waiting) - len(begun)}
        record_batch_event(batch, Event.BATCH_WAVE_BEGUN, actor=ITSELF, now=now, data=data)
        return len(begun) < len(waiting)


def _lock_accounts(batch: Batch) -> None:
    """PostgreSQL waits here for a rival's step; SQLite's IMMEDIATE transaction has waited already."""
    accounts = AwsAccount.objects.filter(pk__in=batch.changes.values("key__account"))
    list(accounts.select_for_update(no_key=True).order_by("pk").values_list("pk"))


def _ready(batch: Batch, lines: Sequence[Change], *, now: datetime) -> list[Change]:
    """Lines whose turn it may be, in their order. A careful batch waits until the wave before has ended."""
    if any(line.state == State.PENDING for line in lines):
        return []
    if batch.on_failure == OnFailure.STOP and any(_has_begun(line) for line in lines):
        return []
    due = [line for line in lines if _is_due(line, now=now)]
    if not due:
        return []
    frozen = freeze.current_words()
    quorums = quorums_of(batch.changes.filter(state=State.APPROVED, released_at=None))
    return [line for line in due if _may_begin(quorums.get(line.pk), frozen=frozen, now=now)]


def _has_begun(line: Change) -> bool:
    return line.state in IN_FLIGHT or (line.state == State.APPROVED and line.released_at is not None)


def _is_due(line: Change, *, now: datetime) -> bool:
    if line.state != State.APPROVED or line.released_at is not None:
        return False
    return line.run_at is not None and line.run_at <= now


def _may_begin(quorum: Quorum | None, *, frozen: str, now: datetime) -> bool:
    """Without a query: who holds its place in a wave is asked again, by the gate."""
    if quorum is None or not quorum.met or quorum.refused:
        return False
    return not held_back_now(quorum, now=now, freeze=frozen)


def _release(line: Change, *, now: datetime) -> bool:
    if gate(line, now=now, in_turn=True).decision != RunDecision.RUN:
        return False
    waiting = Change.objects.filter(pk=line.pk, state=State.APPROVED, released_at=None)
    return bool(waiting.update(released_at=now, due_at=now, version=F("version") + 1))


def _held(line: Change) -> bool:
    return line.state in NOT_BEGUN and line.released_at is not None


def _take_back(lines: Iterable[Change], *, now: datetime) -> None:
    """A window that closed, a freeze, an approval that was withdrawn: their turn comes again later."""
    for line in lines:
        if not _held(line):
            continue
        if line.state == State.PENDING or gate(line, now=now).decision != RunDecision.RUN:
            held = Change.objects.filter(pk=line.pk, state=line.state, released_at=line.released_at)
            if held.update(released_at=None, version=F("version") + 1):
                line.released_at = None


def _busy(batch: Batch, *, now: datetime) -> list[Move]:
    """Calls in the batch's accounts, of whatever change, that are to be made or still count."""
    to_be_made = Q(attempt=None) & (
        Q(state=State.EXECUTING) | Q(state__in=NOT_BEGUN, released_at__isnull=False)
    )
    unanswered = Q(attempt__answered_at=None, attempt__started_at__gt=now - CALL_LASTS_AT_MOST)
    still_counts = Q(attempt__answered_at__gt=now - COUNTS_FOR)
    in_accounts = Change.objects.filter(key__account__in=batch.changes.values("key__account"))
    busy = in_accounts.filter(to_be_made | unanswered | still_counts)
    return [_as_move(change) for change in busy.select_related("key__account")]


def _as_move(change: Change) -> Move:
    return Move(
        ref=change.ref,
        account_id=change.key.account.account_id,
        key_id=change.key.key_id,
        from_region=change.from_region,
        to_region=change.to_region,
    )


def _remind(batch: Batch, lines: Iterable[Change], *, now: datetime) -> None:
    if batch.stopped_at or all(line.state != State.PENDING for line in lines):
        return
    with transaction.atomic():
        notifications.asked_for_more(batch, now=now)
        if now - batch.requested_at >= REMIND_EVERY:
            notifications.remind(batch, now=now)


def _end(batch: Batch, *, now: datetime) -> bool:
    """True where nothing is left to do."""
    lines = list(batch.changes.values_list("state", flat=True))
    if any(state not in CLOSED for state in lines):
        return False
    with transaction.atomic():
        if not Batch.objects.filter(pk=batch.pk, ended_at=None).update(ended_at=now):
            return True
        batch.refresh_from_db()
        counts = {state: lines.count(state) for state in sorted(set(lines))}
        record_batch_event(batch, Event.BATCH_ENDED, actor=ITSELF, now=now, data=counts)
        notifications.ended(batch, now=now)
    return True
