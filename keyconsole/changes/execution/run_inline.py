"""Carries one change to its end in this process: for the command line, where nobody may run a worker.

A worker may do the same at the same time; compare-and-set decides who takes each step.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from django.utils import timezone

from keyconsole.changes.approvals.run_gate import RunDecision, gate
from keyconsole.changes.execution.step import step
from keyconsole.changes.models import Change
from keyconsole.changes.states import State

POLL_SECONDS = 0.25


def carry(change: Change, *, until_settled: bool, report: Callable[[Change], None]) -> Change:
    """Send, and go on looking until the change is closed or overdue; `report` hears of each new version."""
    heard = -1
    while True:
        change = Change.objects.select_related("key__account").get(pk=change.pk)
        if change.version != heard:
            heard = change.version
            report(change)
        if not change.is_open or change.overdue_since or _waits_for_people(change):
            return change
        if change.state == State.SETTLING and not until_settled:
            return change
        if change.due_at is None or change.due_at > timezone.now():
            time.sleep(POLL_SECONDS)
        else:
            step(change, clock=timezone.now)


def _waits_for_people(change: Change) -> bool:
    """For an approval, a window, a chosen time: nothing that this process could do."""
    if change.state == State.APPROVED:
        return gate(change, now=timezone.now()).decision != RunDecision.RUN
    return change.state == State.PENDING
