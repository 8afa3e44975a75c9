"""The one compare-and-set behind every change of state."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, Q, QuerySet

from keyconsole.audit.events import Event
from keyconsole.audit.log import record
from keyconsole.changes import notifications
from keyconsole.changes.models import Answer, Batch, Change
from keyconsole.changes.states import CLOSED, IN_FLIGHT, MAY_BECOME, State
from keyconsole.refusals import Lost

# What is certain not to have moved the primary: no call, or one that AWS did not take.
_NOTHING_MOVED = Q(attempt=None) | Q(attempt__answer__in=[Answer.REFUSED, Answer.NOT_SENT])


class ForbiddenStepError(RuntimeError):
    """There is no such step, or not by whoever took it: a fault of ours, never of a person."""


def move(
    change: Change,
    *,
    to: State,
    event: Event,
    actor: str,
    now: datetime,
    data: dict[str, Any] | None = None,
    due_at: datetime | None = None,
    **fields: Any,
) -> None:
    """Step to a new state and record it, in one transaction. `due_at`: when a worker looks next (now).

    Raises Lost where the change no longer is in the state it was read in, or where this worker's lease was
    taken: exactly one of two rivals wins, on SQLite and PostgreSQL alike.
    """
    before = State(change.state)
    _refuse_forbidden(change, before, to)
    with transaction.atomic():
        moved = _movable(change, before, to).update(
            state=to,
            version=F("version") + 1,
            state_since=now,
            **_next_turn(to, now=now, due_at=due_at),
            **fields,
        )
        if moved != 1:
            raise Lost(change.ref)
        if change.batch_id and to in CLOSED and before in IN_FLIGHT:
            # Before the record's chain is taken: whoever advances the batch takes the two in this order.
            Batch.objects.filter(pk=change.batch_id).update(due_at=now)
        record_event(change, event, actor=actor, now=now, data={"from": before, "to": to} | (data or {}))
        change.refresh_from_db()
        if to in CLOSED:
            notifications.ended(change, now=now)
    change.held = change.lease if change.held else ""


def _refuse_forbidden(change: Change, before: State, to: State) -> None:
    if to not in MAY_BECOME[before]:
        raise ForbiddenStepError(f"{change.ref} cannot become {to} from {before}.")
    if before in IN_FLIGHT and not change.held:
        raise ForbiddenStepError(f"{change.ref} is in flight: only the worker that holds it moves it.")


def _movable(change: Change, before: State, to: State) -> QuerySet[Change]:
    """The row, if it still is as it was read, still held by us, and nothing forbids this end."""
    rows = Change.objects.filter(pk=change.pk, state=before)
    if change.held:
        rows = rows.filter(lease=change.held)
    if before == State.EXECUTING and to in CLOSED:
        rows = rows.filter(_NOTHING_MOVED)
    return rows


def _next_turn(to: State, *, now: datetime, due_at: datetime | None) -> dict[str, Any]:
    """Who claims a change goes on holding it; after every other step the next worker may take it."""
    if to == State.EXECUTING:
        return {}
    if to in CLOSED:
        return {"closed_at": now, "due_at": None, "lease": ""}
    return {"due_at": due_at or now, "lease": ""}


def lock_rows(changes: QuerySet[Change]) -> None:
    """Take the rows of all that one transaction decides about, before it records anything.

    Whoever writes one change takes its row first and then the chain of the record. Who wrote many in turn
    would hold the chain while waiting for the next row, and PostgreSQL would end one of the two.
    """
    list(changes.select_for_update(no_key=True).order_by("pk").values_list("pk"))


def record_event(change: Change, event: Event, *, actor: str, now: datetime, data: dict[str, Any]) -> None:
    """Record an event of a change; the caller's transaction holds what it describes."""
    record(
        event,
        actor=actor,
        subject=change.ref,
        now=now,
        account_id=change.key.account.account_id,
        data={"kind": change.kind, "key_id": change.key.key_id} | data,
    )
