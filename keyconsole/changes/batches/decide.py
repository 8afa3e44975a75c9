"""What people decide about a batch: approve its plan, reject it, take it back, say that it shall run.

Each verb decides about every line with the verb for one change, in one transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction

from keyconsole.audit.events import Event
from keyconsole.audit.given_proof import GivenProof
from keyconsole.aws_accounts.permissions import accounts_where
from keyconsole.aws_accounts.roles import Permission
from keyconsole.changes.approvals import decide
from keyconsole.changes.authorization import may_approve, may_cancel, may_reject, may_run
from keyconsole.changes.batches.advance import NOT_BEGUN, cancel_rest, stop
from keyconsole.changes.batches.audit import record_batch_event
from keyconsole.changes.batches.part import part_seen_by
from keyconsole.changes.models import Batch, Change, OnFailure
from keyconsole.changes.plan.staleness import end_if_stale
from keyconsole.changes.quorum import Quorum, quorums_of
from keyconsole.changes.states import State
from keyconsole.changes.transition import lock_rows
from keyconsole.refusal_codes import Code
from keyconsole.refusals import Lost, Reason, Refused, Verdict
from keyconsole.text import REASON_AT_MOST, clean_text

PAGE = "page"
Counted = tuple[Change, Quorum]
Ask = Callable[[Change, Quorum], Verdict]


def approve_batch(
    batch: Batch,
    *,
    by: User,
    plan_sha256: str,
    now: datetime,
    comment: str = "",
    via: str = PAGE,
    proof: GivenProof | None = None,
) -> int:
    """Agree to each line that waits for this person, by the hash of what they see of it; raises Refused.

    That is the whole plan for whoever sees every line, else a plan of their lines. A line that came into
    sight or left it since they looked makes it another hash.
    """
    may_approve_batch(by, batch, now=now).or_refuse()
    _refuse_another_plan(batch, plan_sha256, by=by)
    _refuse_stale(batch, by=by, now=now)
    with transaction.atomic():
        _lock_and_wake(batch, now=now)
        _refuse_another_plan(batch, plan_sha256, by=by)
        lines = [
            (line, quorum)
            for line, quorum in _with_quorums(_in_state(batch, State.PENDING, seen_by=by))
            if may_approve(by, line, now=now, quorum=quorum).allowed
        ]
        given: dict[str, Any] = {"by": by, "now": now, "comment": comment, "via": via, "proof": proof}
        for line, quorum in lines:
            decide.approve(line, plan_sha256=line.plan_sha256, built=quorum, **given)
        if not lines:
            raise Lost(batch.ref)
        data = {
            "plan_sha256": plan_sha256,
            "comment": comment,
            "via": via,
            "lines": len(lines),
        }
        record_batch_event(batch, Event.BATCH_APPROVAL_GIVEN, actor=by.username, now=now, data=data)
    return len(lines)


def reject_batch(batch: Batch, *, by: User, reason: str, now: datetime, via: str = PAGE) -> None:
    """One reasoned no ends every line that has not begun; raises Refused.

    Who does not see every line says no to those that they see. What becomes of the rest, the batch's own rule
    says: after a failure it stops or carries on.
    """
    reason = clean_text("reason", reason, REASON_AT_MOST)
    may_reject_batch(by, batch, now=now).or_refuse()
    if not reason:
        sentence = "Say why: the requester and the record need the reason."
        raise Refused(Reason(Code.REASON_MISSING, sentence))
    why = rejected_by(by, reason)
    with transaction.atomic():
        _lock_and_wake(batch, now=now)
        if not part_seen_by(by, batch).is_whole:
            if not _reject_lines(batch, by=by, reason=reason, now=now, via=via):
                raise Lost(batch.ref)
            return
        if not stop(batch, event=Event.BATCH_REJECTED, actor=by.username, why=why, now=now, via=via):
            raise Lost(batch.ref)
        _reject_lines(batch, by=by, reason=reason, now=now, via=via)
        cancel_rest(
            batch, _in_state(batch, *NOT_BEGUN), actor=by.username, why=f"{batch.ref}: {why}", now=now
        )


def cancel_batch(batch: Batch, *, by: User, reason: str, now: datetime, via: str = PAGE) -> None:
    """Take back what has not begun, as far as the person sees it; raises Refused."""
    reason = clean_text("reason", reason, REASON_AT_MOST)
    may_cancel_batch(by, batch).or_refuse()
    why = cancelled_by(by, reason)
    with transaction.atomic():
        _lock_and_wake(batch, now=now)
        is_whole = part_seen_by(by, batch).is_whole
        if is_whole and not stop(
            batch, event=Event.BATCH_CANCELLED, actor=by.username, why=why, now=now, via=via
        ):
            raise Lost(batch.ref)
        left = _in_state(batch, *NOT_BEGUN, seen_by=by)
        cancel_rest(batch, left, actor=by.username, why=f"{batch.ref}: {why}", now=now)


def run_batch(
    batch: Batch, *, by: User, now: datetime, via: str = PAGE, proof: GivenProof | None = None
) -> int:
    """Say that the approved lines which wait for that shall run; raises Refused."""
    may_run_batch(by, batch, now=now).or_refuse()
    with transaction.atomic():
        _lock_and_wake(batch, now=now)
        lines = [
            line
            for line, quorum in _with_quorums(_waiting_for_somebody(batch, seen_by=by))
            if may_run(by, line, now=now, quorum=quorum).allowed
        ]
        for line in lines:
            decide.run(line, by=by, now=now, via=via, proof=proof)
    return len(lines)


def _lock_and_wake(batch: Batch, *, now: datetime) -> None:
    """Take every line; and let a worker advance the batch once this is decided."""
    lock_rows(batch.changes.all())
    Batch.objects.filter(pk=batch.pk).update(due_at=now)


def rejected_by(person: User, reason: str) -> str:
    """Why the batch stopped, as it stands on its page."""
    return f"Rejected by {person.username}: {reason}"


def cancelled_by(person: User, reason: str) -> str:
    return f"Cancelled by {person.username}{': ' + reason if reason else '.'}"


def may_approve_batch(person: User, batch: Batch, *, now: datetime) -> Verdict:
    pending = _with_quorums(_in_state(batch, State.PENDING, seen_by=person))
    waiting = [(line, quorum) for line, quorum in pending if person.username not in quorum.counted]
    if pending and not waiting:
        return Verdict((Reason(Code.ALREADY_APPROVED, f"You have approved {batch.ref} already."),))

    def ask(line: Change, quorum: Quorum) -> Verdict:
        return may_approve(person, line, now=now, quorum=quorum)

    return _any(batch, waiting, ask, "waits for approval")


def may_reject_batch(person: User, batch: Batch, *, now: datetime) -> Verdict:
    def ask(line: Change, quorum: Quorum) -> Verdict:
        return may_reject(person, line, now=now, quorum=quorum)

    return _any(
        batch, _with_quorums(_in_state(batch, *NOT_BEGUN, seen_by=person)), ask, "can still be rejected"
    )


def may_cancel_batch(person: User, batch: Batch) -> Verdict:
    """Who may take back one line only does so on the page of that line."""
    left = _in_state(batch, *NOT_BEGUN, seen_by=person)
    if not left:
        return Verdict((Reason(Code.NO_LINE_LEFT, f"No change of {batch.ref} can be cancelled any more."),))
    by_account = {line.key.account_id: line for line in left}
    reasons = [reason for line in by_account.values() for reason in may_cancel(person, line).reasons]
    return Verdict(tuple(dict.fromkeys(reasons)))


def may_run_batch(person: User, batch: Batch, *, now: datetime) -> Verdict:
    def ask(line: Change, quorum: Quorum) -> Verdict:
        return may_run(person, line, now=now, quorum=quorum)

    waiting = _with_quorums(_waiting_for_somebody(batch, seen_by=person))
    return _any(batch, waiting, ask, "waits for somebody to run it")


def _any(batch: Batch, lines: Sequence[Counted], ask: Ask, what: str) -> Verdict:
    """Allowed where one line allows it. Lines of one account and policy answer alike: one each is asked."""
    alike = {
        (line.key.account_id, line.policy_version_id, quorum.unread, quorum.demands): (line, quorum)
        for line, quorum in reversed(lines)
    }
    if not alike:
        return Verdict((Reason(Code.NO_LINE_LEFT, f"No change of {batch.ref} {what}."),))
    verdicts = [ask(line, quorum) for line, quorum in alike.values()]
    if any(verdict.allowed for verdict in verdicts):
        return Verdict()
    return Verdict(tuple(dict.fromkeys(reason for verdict in verdicts for reason in verdict.reasons)))


def _with_quorums(lines: Sequence[Change]) -> list[Counted]:
    quorums = quorums_of(Change.objects.filter(pk__in=[line.pk for line in lines]))
    return [(line, quorums[line.pk]) for line in lines]


def _reject_lines(batch: Batch, *, by: User, reason: str, now: datetime, via: str) -> int:
    lines = [
        (line, quorum)
        for line, quorum in _with_quorums(_in_state(batch, *NOT_BEGUN, seen_by=by))
        if may_reject(by, line, now=now, quorum=quorum).allowed
    ]
    for line, quorum in lines:
        decide.reject(line, by=by, reason=reason, now=now, via=via, built=quorum)
    return len(lines)


def _refuse_another_plan(batch: Batch, plan_sha256: str, *, by: User) -> None:
    if plan_sha256 != part_seen_by(by, batch).plan_sha256:
        sentence = f"The plan that you looked at is not the plan of {batch.ref}. Read it again."
        raise Refused(Reason(Code.PLAN_CHANGED, sentence))


def _in_state(batch: Batch, *states: State, seen_by: User | None = None) -> list[Change]:
    lines = batch.changes.filter(state__in=states)
    if seen_by:
        lines = lines.visible_in(accounts_where(seen_by, Permission.VIEW))
    lines = lines.select_related("key__account", "requester", "batch")
    return list(lines.order_by("number"))


def _waiting_for_somebody(batch: Batch, *, seen_by: User) -> list[Change]:
    approved = _in_state(batch, State.APPROVED, seen_by=seen_by)
    return [line for line in approved if line.run_at is None]


def _refuse_stale(batch: Batch, *, by: User, now: datetime) -> None:
    """What no longer is as planned ends before anybody agrees; where that stops the rest, nobody does."""
    stale = [
        line
        for line in _in_state(batch, State.PENDING, seen_by=by)
        if end_if_stale(line, actor=by.username, now=now)
    ]
    if stale and batch.on_failure == OnFailure.STOP:
        names = ", ".join(line.ref for line in stale)
        sentence = f"{names} no longer is as in the plan of {batch.ref}, which stops the rest."
        raise Refused(Reason(Code.STALE, sentence))
