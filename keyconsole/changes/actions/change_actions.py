"""What people can do with one change: the table that its page, the terminal and programs share."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from keyconsole.audit.events import Event
from keyconsole.changes.actions.action import Action, Actor, Words, without_proof
from keyconsole.changes.actions.inputs import (
    ApproveInputs,
    CancelInputs,
    CloseInputs,
    CommentInputs,
    NoInputs,
    RejectInputs,
    ReviewInputs,
    RunInputs,
)
from keyconsole.changes.actions.sent_twice import as_kept, is_on_record
from keyconsole.changes.approvals import decide
from keyconsole.changes.authorization import (
    may_agree,
    may_approve,
    may_cancel,
    may_close,
    may_comment,
    may_reject,
    may_run,
    may_withdraw,
)
from keyconsole.changes.execution import close
from keyconsole.changes.models import Change, Closing, Rejection, Review
from keyconsole.changes.requests import break_glass, request
from keyconsole.changes.states import State

NOUN = "change"
# The same words by the same person within this time are one comment.
SAME_COMMENT_WITHIN = timedelta(minutes=1)


def _has_approved(change: Change, given: ApproveInputs, actor: Actor) -> bool:
    approvals = change.approvals.not_withdrawn()
    return approvals.filter(approver=actor["by"], plan_sha256=given.plan_sha256).exists()


def _has_rejected(change: Change, given: RejectInputs, actor: Actor) -> bool:
    rejections = Rejection.objects.filter(change=change, rejecter=actor["by"])
    return rejections.filter(reason=as_kept(given.reason)).exists()


def _has_reviewed(change: Change, given: ReviewInputs, actor: Actor) -> bool:
    reviews = Review.objects.filter(change=change, reviewer=actor["by"], was_right=given.was_right)
    return reviews.filter(comment=as_kept(given.comment)).exists()


def _has_written(change: Change, given: CommentInputs, actor: Actor) -> bool:
    since = actor["now"] - SAME_COMMENT_WITHIN
    lately = change.comments.filter(author=actor["by"], written_at__gt=since)
    return lately.filter(text=as_kept(given.text)).exists()


def _is_to_run(change: Change, given: RunInputs, actor: Actor) -> bool:
    is_under_way = given.run_at is None and change.is_open
    return is_under_way and is_on_record(Event.CHANGE_RUN_ASKED, actor["by"], about=[change.ref])


def _has_cancelled(change: Change, given: CancelInputs, actor: Actor) -> bool:
    said = request.cancelled_by(actor["by"], as_kept(given.reason))
    return change.state == State.CANCELLED and change.outcome == said


def _has_asked_to_close(change: Change, given: CloseInputs, actor: Actor) -> bool:
    asked = Closing.objects.filter(change=change, asked_by=actor["by"])
    return asked.filter(reason=as_kept(given.reason)).exists()


def _has_agreed(change: Change, _given: NoInputs, actor: Actor) -> bool:
    return Closing.objects.filter(change=change, agreed_by=actor["by"]).exists()


APPROVE: Action[Change, ApproveInputs] = Action(
    noun=NOUN,
    verb="approve",
    event=Event.CHANGE_APPROVAL_GIVEN,
    words=Words(
        title="Approve {ref}",
        explains="You agree to exactly this plan, by its SHA-256. What runs is this plan or nothing.",
        button="Approve this plan",
        done="You approved {ref}.",
    ),
    inputs=ApproveInputs,
    may=lambda person, change, now: may_approve(person, change, now=now),
    do=lambda change, given, actor: decide.approve(
        change, plan_sha256=given.plan_sha256, comment=given.comment, **actor
    ),
    stands=_has_approved,
)
REJECT: Action[Change, RejectInputs] = Action(
    noun=NOUN,
    verb="reject",
    event=Event.CHANGE_REJECTED,
    words=Words(
        title="Reject {ref}",
        explains="One no with its reason ends this request, whoever approved it. A new one can be asked for.",
        button="Reject {ref}",
        done="{ref} is rejected. Nothing was sent to AWS.",
    ),
    inputs=RejectInputs,
    may=lambda person, change, now: may_reject(person, change, now=now),
    do=lambda change, given, actor: decide.reject(change, reason=given.reason, **without_proof(actor)),
    stands=_has_rejected,
)
WITHDRAW: Action[Change, NoInputs] = Action(
    noun=NOUN,
    verb="withdraw",
    event=Event.CHANGE_APPROVAL_WITHDRAWN,
    words=Words(
        title="Take back your approval of {ref}",
        explains="It stays in the record as taken back. You may approve again while the request waits.",
        button="Take my approval back",
        done="Your approval of {ref} is taken back.",
    ),
    inputs=NoInputs,
    may=lambda person, change, _now: may_withdraw(person, change),
    do=lambda change, _given, actor: decide.withdraw(change, **without_proof(actor)),
)
REVIEW: Action[Change, ReviewInputs] = Action(
    noun=NOUN,
    verb="review",
    event=Event.EMERGENCY_REVIEWED,
    words=Words(
        title="Review the emergency {ref}",
        explains="You judge afterwards whether it was right to run without approval. The record keeps it.",
        button="Give this review",
        done="{ref} is reviewed.",
    ),
    inputs=ReviewInputs,
    may=lambda person, change, _now: break_glass.may_review(person, change),
    do=lambda change, given, actor: break_glass.review(
        change, was_right=given.was_right, comment=given.comment, **without_proof(actor)
    ),
    stands=_has_reviewed,
)
COMMENT: Action[Change, CommentInputs] = Action(
    noun=NOUN,
    verb="comment",
    event=Event.CHANGE_COMMENTED,
    words=Words(
        title="Comment on {ref}",
        explains="Everybody who sees this change reads it. It resets nothing.",
        button="Comment",
        done="Your comment stands on {ref}.",
    ),
    inputs=CommentInputs,
    may=lambda person, change, _now: may_comment(person, change),
    do=lambda change, given, actor: decide.comment(change, text=given.text, **without_proof(actor)),
    stands=_has_written,
    is_repeatable=True,
)
RUN: Action[Change, RunInputs] = Action(
    noun=NOUN,
    verb="run",
    event=Event.CHANGE_RUN_ASKED,
    words=Words(
        title="Run {ref}",
        explains="A worker reads the key in every Region, compares it with the plan, and calls AWS once.",
        button="Run {ref}",
        done="{ref} is set to run.",
    ),
    inputs=RunInputs,
    may=lambda person, change, now: may_run(person, change, now=now),
    do=lambda change, given, actor: decide.run(change, run_at=given.run_at, **actor),
    stands=_is_to_run,
)
CANCEL: Action[Change, CancelInputs] = Action(
    noun=NOUN,
    verb="cancel",
    event=Event.CHANGE_CANCELLED,
    words=Words(
        title="Cancel {ref}",
        explains="Nothing has been sent to AWS for this change. Cancelled, it stays in the list of closed "
        "changes and can not be taken up again; ask for a new one instead.",
        button="Cancel {ref}",
        done="{ref} is cancelled. Nothing was sent to AWS.",
    ),
    inputs=CancelInputs,
    may=lambda person, change, _now: may_cancel(person, change),
    do=lambda change, given, actor: request.cancel(change, reason=given.reason, **without_proof(actor)),
    stands=_has_cancelled,
)

CLOSE: Action[Change, CloseInputs] = Action(
    noun=NOUN,
    verb="close",
    event=Event.CHANGE_CLOSE_ASKED,
    words=Words(
        title="Ask to close {ref} as unknown",
        explains="For a change that nobody can tell the end of. Nothing is sent to AWS, nothing is undone "
        "there. Another person has to agree; until then it goes on being watched. Closed, it frees the key "
        "for the next request, and nobody looks any more whether this one moved the primary.",
        button="Ask to close {ref} as unknown",
        done="You asked to close {ref} as unknown. Another person has to agree.",
    ),
    inputs=CloseInputs,
    may=lambda person, change, _now: may_close(person, change),
    do=lambda change, given, actor: close.close(change, reason=given.reason, **without_proof(actor)),
    stands=_has_asked_to_close,
)
AGREE: Action[Change, NoInputs] = Action(
    noun=NOUN,
    verb="agree",
    event=Event.CHANGE_UNKNOWN,
    words=Words(
        title="Agree to close {ref} as unknown",
        explains="You agree that nobody can tell what came of its call. Nothing is sent to AWS. It is not "
        "looked at any more, and can not be opened again; the key is free for the next request.",
        button="Agree: close {ref} as unknown",
        done="{ref} is closed as unknown.",
    ),
    inputs=NoInputs,
    may=lambda person, change, _now: may_agree(person, change),
    do=lambda change, _given, actor: close.agree(change, **actor),
    stands=_has_agreed,
)

CHANGE_ACTIONS: Mapping[str, Action[Change, Any]] = {
    action.verb: action for action in (APPROVE, REJECT, WITHDRAW, REVIEW, COMMENT, RUN, CANCEL, CLOSE, AGREE)
}
