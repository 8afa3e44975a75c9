"""Looks after what waits, and enqueues again what was lost with its worker. Runs every few seconds."""

from __future__ import annotations

from datetime import datetime

from keyconsole.changes import tasks
from keyconsole.changes.approvals.deadlines import PATIENCE, attend
from keyconsole.changes.batches.advance import advance_all
from keyconsole.changes.models import Change
from keyconsole.changes.states import State
from keyconsole.policies.versions.propose import activate_agreed


def sweep(*, now: datetime) -> None:
    """Harmless where several workers sweep at once: each task finds out whether it comes too late."""
    activate_agreed(now=now)
    attend(now=now)
    advance_all(now=now)
    for change in Change.objects.filter(state=State.EXECUTING, next_look_at__lt=now):
        tasks.execute.enqueue(change.ref)
    for change in Change.objects.filter(state=State.SETTLING, next_look_at__lt=now - PATIENCE):
        tasks.settle.enqueue(change.ref)
