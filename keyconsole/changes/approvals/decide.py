"""What approvers do. Each verb leaves a row and an event, in the transaction that it decides in.

The first write of each verb touches the change's own row: of two votes at the same moment the second waits
(PostgreSQL) or comes after (SQLite), and sees the first. Then the quorum is built, once, and handed on to all
that is decided by it.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.db.models import F

from keyconsole.audit.events import Event
from keyconsole.audit.given_proof import GivenProof, kept, refuse_stale
from keyconsole.changes import notifications
from keyconsole.changes.authorization import (
    may_approve,
    may_comment,
    may_reject,
    may_run,
    may_withdraw,
)
from keyconsole.changes.models import Approval, Change, Comment, Rejection
from keyconsole.changes.plan.staleness import end_if_stale
from keyconsole.changes.quorum import Quorum, quorum_of
from keyconsole.changes.states import State
from keyconsole.changes.transition import move, record_event
from keyconsole.refusal_codes import Code
from keyconsole.refusals import Lost, Reason, Refused, Verdict
from keyconsole.text import REASON_AT_MOST, clean_text

AUTOMATIC = "automatic"
# Where a verb came from: the record tells a page from somebody at the server's terminal.
PAGE = "page"


def approve(
    change: Change,
    *,
    by: User,
    plan_sha256: str,
    now: datetime,
    comment: str = "",
    via: str = PAGE,
    proof: GivenProof | None = None,
    built: Quorum | None = None,
) -> None:
    """Agree to exactly one plan; raises Refused. The last agreement that was missing lets the change run.

    `built`: where the caller's transaction took the row before and built its quorum then.
    """
    comment = clean_text("comment", comment, REASON_AT_MOST)
    try:
        with transaction.atomic():
            quorum = locked_quorum(change, built=built)
            may_approve(by, change, now=now, quorum=quorum).or_refuse()
            refuse_stale(proof)
            Verdict(quorum.why_weak(proof)).or_refuse()
            if plan_sha256 != change.plan_sha256:
                sentence = f"The plan that you looked at is not the plan of {change.ref}. Read it again."
                raise Refused(Reason(Code.PLAN_CHANGED, sentence))
            is_stale = end_if_stale(change, actor=by.username, now=now)
            if not is_stale:
                _give_approval(change, quorum, by=by, comment=comment, now=now, via=via, proof=proof)
    except IntegrityError:
        sentence = f"You have approved {change.ref} already."
        raise Refused(Reason(Code.ALREADY_APPROVED, sentence)) from None
    if is_stale:
        raise Refused(Reason(Code.STALE, change.outcome))
    change.refresh_from_db()


def locked_quorum(change: Change, *, built: Quorum | None = None) -> Quorum:
    """First the row, then the votes: whoever else decides about it comes before or after.

    Belongs into the transaction that decides; raises Lost where the change has moved on since it was read.
    """
    touched = Change.objects.filter(pk=change.pk, state=change.state).update(version=F("version") + 1)
    if touched != 1:
        raise Lost(change.ref)
    return built or quorum_of(change)


def _give_approval(
    change: Change,
    quorum: Quorum,
    *,
    by: User,
    comment: str,
    now: datetime,
    via: str,
    proof: GivenProof | None,
) -> None:
    Approval.objects.create(
        change=change,
        approver=by,
        requester=change.requester,
        plan_sha256=change.plan_sha256,
        comment=comment,
        approved_at=now,
        **kept(proof),
    )
    data = {"plan_sha256": change.plan_sha256, "comment": comment, "via": via}
    record_event(change, Event.CHANGE_APPROVAL_GIVEN, actor=by.username, now=now, data=data)
    second_factor = proof is not None and proof.has_second_factor
    quorum = quorum.with_vote(by.username, second_factor=second_factor)
    if quorum.met:
        mark_approved(change, quorum, actor=by.username, now=now)


def mark_approved(change: Change, quorum: Quorum, *, actor: str, now: datetime) -> None:
    """All agreed whom the rules ask for. It runs at once, at its chosen time, or when somebody says so."""
    rules = quorum.rules
    runs_by_itself = all(each.runs == AUTOMATIC for each in quorum.all_rules)
    run_at = change.run_at or (now if runs_by_itself else None)
    lives = min(each.approval_lives_hours for each in quorum.all_rules)
    move(
        change,
        to=State.APPROVED,
        event=Event.CHANGE_APPROVED,
        actor=actor,
        now=now,
        data={"policy": rules.name, "rule": rules.rule, "plan_sha256": change.plan_sha256},
        approval_expires_at=now + timedelta(hours=lives),
        run_at=run_at,
        request_expires_at=None,
    )
    notifications.approved(change, quorum, now=now)


def mark_approved_if_met(change: Change, *, actor: str, now: datetime) -> None:
    quorum = locked_quorum(change)
    if quorum.met:
        mark_approved(change, quorum, actor=actor, now=now)


def reject(
    change: Change,
    *,
    by: User,
    reason: str,
    now: datetime,
    via: str = PAGE,
    built: Quorum | None = None,
) -> None:
    """One reasoned no ends it; raises Refused. `built`: as `approve`."""
    reason = clean_text("reason", reason, REASON_AT_MOST)
    with transaction.atomic():
        may_reject(by, change, now=now, quorum=locked_quorum(change, built=built)).or_refuse()
        if not reason:
            sentence = "Say why: the requester and the record need the reason."
            raise Refused(Reason(Code.REASON_MISSING, sentence))
        move(
            change,
            to=State.REJECTED,
            event=Event.CHANGE_REJECTED,
            actor=by.username,
            now=now,
            data={"reason": reason, "via": via},
            outcome=f"Rejected by {by.username}: {reason}",
        )
        Rejection.objects.create(change=change, rejecter=by, reason=reason, rejected_at=now)


def withdraw(change: Change, *, by: User, now: datetime, via: str = PAGE) -> None:
    """Take one's approval back while nothing runs yet; raises Refused."""
    with transaction.atomic():
        quorum = locked_quorum(change)
        may_withdraw(by, change).or_refuse()
        gone = change.approvals.not_withdrawn().filter(approver=by).update(withdrawn_at=now)
        if not gone:
            raise Lost(change.ref)
        data = {"via": via}
        record_event(change, Event.CHANGE_APPROVAL_WITHDRAWN, actor=by.username, now=now, data=data)
        left = quorum.without_vote(by.username)
        if change.state == State.APPROVED and not left.enough:
            back_to_pending(change, left, actor=by.username, now=now, why=f"{by.username} withdrew.")
    change.refresh_from_db()


def back_to_pending(change: Change, quorum: Quorum, *, actor: str, now: datetime, why: str) -> None:
    lives = min(each.request_lives_hours for each in quorum.all_rules)
    move(
        change,
        to=State.PENDING,
        event=Event.CHANGE_BACK_TO_PENDING,
        actor=actor,
        now=now,
        data={"why": why},
        approval_expires_at=None,
        request_expires_at=now + timedelta(hours=lives),
    )
    notifications.asked(change, quorum, now=now)


def comment(change: Change, *, by: User, text: str, now: datetime, via: str = PAGE) -> None:
    """Write about a change. Resets nothing; raises Refused."""
    text = clean_text("comment", text, REASON_AT_MOST)
    may_comment(by, change).or_refuse()
    if not text:
        raise Refused(Reason(Code.COMMENT_MISSING, "Write something first."))
    with transaction.atomic():
        Comment.objects.create(change=change, author=by, text=text, written_at=now)
        Change.objects.filter(pk=change.pk).update(version=F("version") + 1)
        record_event(
            change,
            Event.CHANGE_COMMENTED,
            actor=by.username,
            now=now,
            data={"text": text, "via": via},
        )


def run(
    change: Change,
    *,
    by: User,
    now: datetime,
    run_at: datetime | None = None,
    via: str = PAGE,
    proof: GivenProof | None = None,
) -> None:
    """Say that an approved change shall run, now or at a later time; raises Refused."""
    with transaction.atomic():
        may_run(by, change, now=now, quorum=locked_quorum(change)).or_refuse()
        refuse_stale(proof)
        _refuse_time(change, run_at, now=now)
        Change.objects.filter(pk=change.pk).update(run_at=run_at or now, due_at=now)
        data = {"run_at": (run_at or now).isoformat(), "via": via}
        record_event(change, Event.CHANGE_RUN_ASKED, actor=by.username, now=now, data=data)
        change.refresh_from_db()


def _refuse_time(change: Change, run_at: datetime | None, *, now: datetime) -> None:
    if run_at is not None and run_at < now:
        sentence = "That time has passed. Choose a later one, or run it now."
        raise Refused(Reason(Code.TIME_PASSED, sentence))
    if run_at and change.approval_expires_at and run_at >= change.approval_expires_at:
        sentence = f"Its approval may be used until {change.approval_expires_at:%Y-%m-%d %H:%M} UTC only."
        raise Refused(Reason(Code.TIME_TOO_LATE, sentence))
