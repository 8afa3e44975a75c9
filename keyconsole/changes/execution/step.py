"""What a worker does for a change that is due: the next step of its life, whichever that is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from keyconsole.changes.approvals.deadlines import check_waiting, next_check
from keyconsole.changes.execution.execute import LEASE, execute
from keyconsole.changes.execution.settle import settle
from keyconsole.changes.models import Change
from keyconsole.changes.states import State
from keyconsole.lease import give_back, take
from keyconsole.refusals import Lost

Clock = Callable[[], datetime]


def step(change: Change, *, clock: Clock) -> None:
    """Safe to call twice, late, or from many workers at once: without the lease it does nothing."""
    if not take(change, now=clock(), lasts=LEASE):
        return
    if change.state in {State.PENDING, State.APPROVED}:
        _check(change, clock=clock)
    elif change.state == State.EXECUTING:
        execute(change, clock=clock)
    elif change.state == State.SETTLING:
        settle(change, clock=clock)
    else:
        give_back(change, due_at=None)


def _check(change: Change, *, clock: Clock) -> None:
    try:
        may_run = check_waiting(change, now=clock())
    except Lost:
        return
    if may_run and change.held:
        execute(change, clock=clock)
    elif change.held:
        give_back(change, due_at=next_check(change, now=clock()))
