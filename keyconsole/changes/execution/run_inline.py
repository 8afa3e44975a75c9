"""Carries one change to its end in this process: for the command line, where nobody may run a worker.

A worker may do the same at the same time; compare-and-set decides who takes each step.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from django.utils import timezone

from keyconsole.changes.approvals.run_gate import RunDecision, gate
from keyconsole.changes.execution import execute, settle
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
        if not _step(change):
            time.sleep(POLL_SECONDS)


def _waits_for_people(change: Change) -> bool:
    """For an approval, a window, a chosen time: nothing that this process could do."""
    if change.state == State.APPROVED:
        return gate(change, now=timezone.now()).decision != RunDecision.RUN
    return change.state == State.PENDING


def _step(change: Change) -> bool:
    """Take the next step if it is due; True where there was one."""
    now = timezone.now()
    if change.state in {State.APPROVED, State.EXECUTING}:
        waits = (
            change.state == State.EXECUTING and change.next_look_at is not None and change.next_look_at > now
        )
        if not waits:
            execute.execute(change, clock=timezone.now)
        return not waits
    if change.state == State.SETTLING and change.next_look_at is not None and change.next_look_at <= now:
        settle.settle(change, clock=timezone.now)
        return True
    return False
