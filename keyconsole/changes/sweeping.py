"""Finds changes whose task was lost with its worker, and enqueues them again. Runs every few seconds."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q

from keyconsole.changes import tasks
from keyconsole.changes.models import Change
from keyconsole.changes.states import State

# Longer than a busy queue needs to reach a task: a healthy one is rarely doubled, and a double is harmless.
PATIENCE = timedelta(seconds=15)


def sweep(*, now: datetime) -> int:
    """How many tasks were enqueued again."""
    late = Q(next_look_at=None, state_since__lt=now - PATIENCE) | Q(next_look_at__lt=now - PATIENCE)
    waiting = [
        change for change in Change.objects.filter(late, state=State.APPROVED) if _mark(change, now=now)
    ]
    for change in [*waiting, *Change.objects.filter(state=State.EXECUTING, next_look_at__lt=now)]:
        tasks.execute.enqueue(change.ref)
        waiting.append(change)
    for change in Change.objects.filter(state=State.SETTLING, next_look_at__lt=now - PATIENCE):
        tasks.settle.enqueue(change.ref)
        waiting.append(change)
    return len(waiting)


def _mark(change: Change, *, now: datetime) -> bool:
    """Note that an approved change was enqueued now; False where another sweep did that first."""
    return (
        Change.objects.filter(pk=change.pk, state=State.APPROVED, next_look_at=change.next_look_at).update(
            next_look_at=now
        )
        == 1
    )
