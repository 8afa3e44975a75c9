"""Whether an approved change may run at this moment. Workers ask it in the transaction of their claim."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from keyconsole.aws_accounts.permissions import can
from keyconsole.aws_accounts.roles import Permission
from keyconsole.changes.models import Change
from keyconsole.changes.quorum import Quorum, quorum_of
from keyconsole.changes.states import State
from keyconsole.policies.schedule import freeze, windows
from keyconsole.refusal_codes import Code
from keyconsole.refusals import Reason


class RunDecision(StrEnum):
    RUN = "run"
    WAIT = "wait"
    ASK_AGAIN = "ask-again"  # somebody's approval no longer counts
    EXPIRE = "expire"


@dataclass(frozen=True, slots=True)
class Gate:
    decision: RunDecision
    reasons: tuple[Reason, ...] = ()


def gate(change: Change, *, now: datetime, in_turn: bool = False, quorum: Quorum | None = None) -> Gate:
    """An emergency waits for nobody: that is what its review is for.

    What nobody here understands in its rules might hold back even that: such a change waits until it expires,
    is taken back, or meets a version that does.

    `in_turn`: as if the wave of a batch's change had come. `quorum`: where the caller's transaction built it.
    """
    if change.approval_expires_at and now >= change.approval_expires_at and not change.is_emergency:
        sentence = "Its approval was not used in time."
        return Gate(RunDecision.EXPIRE, (Reason(Code.APPROVAL_EXPIRED, sentence),))
    quorum = quorum or quorum_of(change)
    if quorum.unread:
        return Gate(RunDecision.WAIT, quorum.unread)
    if change.is_emergency:
        return Gate(RunDecision.RUN)
    if not quorum.met:
        sentence = "An approval that it needs no longer counts."
        return Gate(RunDecision.ASK_AGAIN, (Reason(Code.APPROVAL_LOST, sentence),))
    reasons = _requester_reasons(change) + _batch_reasons(change, in_turn=in_turn)
    reasons += _time_reasons(change, quorum, now=now)
    return Gate(RunDecision.WAIT, reasons) if reasons else Gate(RunDecision.RUN)


def _requester_reasons(change: Change) -> tuple[Reason, ...]:
    """Nothing runs in the name of somebody who has left, or lost the role, since they asked."""
    requester, account = change.requester, change.key.account
    if can(requester, Permission.REQUEST, account):
        return ()
    sentence = f"{requester.username}, who asked for it, may no longer ask for changes in {account.name}."
    return (Reason(Code.REQUESTER_LEFT, sentence),)


def _time_reasons(change: Change, quorum: Quorum, *, now: datetime) -> tuple[Reason, ...]:
    if change.run_at is None:
        return (Reason(Code.NOT_RUN_YET, "It waits for somebody to run it."),)
    if change.run_at > now:
        return (Reason(Code.RUNS_LATER, f"It will run at {change.run_at:%Y-%m-%d %H:%M} UTC."),)
    return windows.may_run_at(quorum.rules, now, freeze=freeze.current_words()).reasons


def _batch_reasons(change: Change, *, in_turn: bool) -> tuple[Reason, ...]:
    batch = change.batch
    if batch is None:
        return ()
    if batch.stopped_at:
        return (Reason(Code.BATCH_STOPPED, f"{batch.ref} was stopped."),)
    waiting = batch.changes.filter(state=State.PENDING).count()
    if waiting:
        sentence = f"{waiting} other keys of {batch.ref} still wait for approval."
        return (Reason(Code.BATCH_NOT_APPROVED, sentence),)
    if change.released_at is None and not in_turn:
        return (Reason(Code.BATCH_WAVE, f"It waits for its turn in {batch.ref}."),)
    return ()
