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
    """Both the rules that were pinned and those of today have to let it run.

    An emergency waits for nobody: that is what its review is for. What nobody here understands in its rules
    might hold back even that: such a change waits until it expires, is taken back, or meets a version that
    does. So does one to a Region, or by a path, that today's rules no longer allow.

    `in_turn`: as if the wave of a batch's change had come. `quorum`: where the caller's transaction built it.
    """
    if change.approval_expires_at and now >= change.approval_expires_at and not change.is_emergency:
        sentence = "Its approval was not used in time."
        return Gate(RunDecision.EXPIRE, (Reason(Code.APPROVAL_EXPIRED, sentence),))
    quorum = quorum or quorum_of(change)
    if nobody_can_tell := quorum.unread or quorum.unclear:
        return Gate(RunDecision.WAIT, nobody_can_tell)
    if change.is_emergency:
        return Gate(RunDecision.WAIT, quorum.refused) if quorum.refused else Gate(RunDecision.RUN)
    if not quorum.met:
        return Gate(RunDecision.ASK_AGAIN, _asked_again(quorum))
    reasons = quorum.refused + _requester_reasons(change) + _batch_reasons(change, in_turn=in_turn)
    reasons += _time_reasons(change, quorum, now=now)
    return Gate(RunDecision.WAIT, reasons) if reasons else Gate(RunDecision.RUN)


def held_back_now(quorum: Quorum, *, now: datetime, freeze: str) -> tuple[Reason, ...]:
    """Windows and freezes, of the pinned rules and of today's."""
    held = (windows.may_run_at(rules, now, freeze=freeze).reasons for rules in quorum.all_rules)
    return tuple(dict.fromkeys(reason for reasons in held for reason in reasons))


def _asked_again(quorum: Quorum) -> tuple[Reason, ...]:
    """Whose agreement is missing: that of people who no longer count, or that which today's rules ask for."""
    missing = dict.fromkeys(line.because for line in quorum.lines if line.missing)
    return tuple(
        Reason(Code.RULES_TIGHTENED, because)
        if because
        else Reason(Code.APPROVAL_LOST, "An approval that it needs no longer counts.")
        for because in missing
    )


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
    return held_back_now(quorum, now=now, freeze=freeze.current_words())


def _batch_reasons(change: Change, *, in_turn: bool) -> tuple[Reason, ...]:
    batch = change.batch
    if batch is None:
        return ()
    if batch.stopped_at:
        return (Reason(Code.BATCH_STOPPED, f"{batch.ref} was stopped."),)
    waiting = batch.changes.filter(state=State.PENDING).exists()
    if waiting:
        sentence = f"Other keys of {batch.ref} still wait for approval."
        return (Reason(Code.BATCH_NOT_APPROVED, sentence),)
    if change.released_at is None and not in_turn:
        return (Reason(Code.BATCH_WAVE, f"It waits for its turn in {batch.ref}."),)
    return ()
