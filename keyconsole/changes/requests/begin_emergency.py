"""Lets an emergency run: everybody who is skipped hears of it, and a review of it is owed from now on."""

from __future__ import annotations

from datetime import datetime, timedelta

from keyconsole.audit.events import Event
from keyconsole.changes import notifications
from keyconsole.changes.models import Change, Review
from keyconsole.changes.quorum import quorum_of
from keyconsole.changes.states import State
from keyconsole.changes.transition import move, record_event
from keyconsole.refusal_codes import Code
from keyconsole.refusals import Reason, Refused

# How fresh the proof has to be that it is really this person.
FRESH_FOR = timedelta(minutes=5)


def refuse_without_proof(reauthenticated_at: datetime | None, *, now: datetime) -> None:
    if reauthenticated_at is None or not timedelta(0) <= now - reauthenticated_at <= FRESH_FOR:
        raise Refused(Reason(Code.PROOF_NEEDED, "Prove first that it is you: sign in again."))


def begin_emergency(change: Change, *, actor: str, alone: bool, now: datetime) -> None:
    """`alone`: nobody else of the group agreed. A second such one of a person, not reviewed, is refused."""
    quorum = quorum_of(change)
    rules, skipped = quorum.rules, sorted(quorum.deciders)
    due_at = now + timedelta(hours=rules.review_within_hours)
    Review.objects.create(
        change=change, used_by=change.requester, opened_at=now, due_at=due_at, ran_alone=alone
    )
    data = {
        "policy": rules.name,
        "skipped": skipped,
        "review_due_at": due_at.isoformat(),
        "reason": change.reason,
        "supersedes": [each.ref for each in change.supersedes.all()],
    }
    record_event(change, Event.EMERGENCY_USED, actor=quorum.requester, now=now, data=data)
    move(
        change,
        to=State.APPROVED,
        event=Event.CHANGE_APPROVED,
        actor=actor,
        now=now,
        data={"policy": rules.name, "rule": "emergency", "plan_sha256": change.plan_sha256},
        run_at=now,
        request_expires_at=None,
    )
    notifications.emergency_used(change, skipped=skipped, now=now)
