"""The one compare-and-set behind every change of state. Called by workflow, execution and settling only."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet

from keyconsole.audit.events import Event
from keyconsole.audit.log import record
from keyconsole.changes import notifications, tasks
from keyconsole.changes.models import Change
from keyconsole.changes.states import CLOSED, IN_FLIGHT, MAY_BECOME, State
from keyconsole.refusals import Lost


class ForbiddenStepError(RuntimeError):
    """The table of states has no such step: a fault of ours, never of a person."""


def move(
    change: Change,
    *,
    to: State,
    event: Event,
    actor: str,
    now: datetime,
    data: dict[str, Any] | None = None,
    **fields: Any,
) -> None:
    """Step to a new state and record it, in one transaction.

    Raises Lost where the change no longer is in the state it was read in: exactly one of two rivals wins,
    on SQLite and PostgreSQL alike.
    """
    before = State(change.state)
    if to not in MAY_BECOME[before]:
        raise ForbiddenStepError(f"{change.ref} cannot become {to} from {before}.")
    if to in CLOSED:
        fields |= {"closed_at": now, "next_look_at": None}
    with transaction.atomic():
        moved = Change.objects.filter(pk=change.pk, state=before).update(
            state=to, version=F("version") + 1, state_since=now, **fields
        )
        if moved != 1:
            raise Lost(change.ref)
        record_event(change, event, actor=actor, now=now, data={"from": before, "to": to} | (data or {}))
        change.refresh_from_db()
        if to in CLOSED:
            notifications.ended(change, now=now)
        if change.batch and to in CLOSED and before in IN_FLIGHT:
            tasks.enqueue_advance(change.batch, at=None)


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
        data={"key_id": change.key.key_id} | data,
    )
