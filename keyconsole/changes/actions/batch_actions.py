"""What people can do with a batch as a whole: the table that its page, the terminal and programs share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from keyconsole.audit.events import Event
from keyconsole.changes.actions.action import Action, Actor, Words, without_proof
from keyconsole.changes.actions.inputs import ApproveInputs, CancelInputs, NoInputs, RejectInputs
from keyconsole.changes.actions.sent_twice import as_kept, is_on_record
from keyconsole.changes.batches import decide
from keyconsole.changes.batches.part import part_seen_by
from keyconsole.changes.models import Approval, Batch, Rejection

NOUN = "batch"


def _has_approved(batch: Batch, given: ApproveInputs, actor: Actor) -> bool:
    votes = Approval.objects.not_withdrawn().filter(change__batch=batch, approver=actor["by"])
    return given.plan_sha256 == part_seen_by(actor["by"], batch).plan_sha256 and votes.exists()


def _is_to_run(batch: Batch, _given: NoInputs, actor: Actor) -> bool:
    lines = [line.ref for line in batch.changes.only("number")]
    return batch.ended_at is None and is_on_record(Event.CHANGE_RUN_ASKED, actor["by"], about=lines)


def _has_rejected(batch: Batch, given: RejectInputs, actor: Actor) -> bool:
    reason = as_kept(given.reason)
    said = Rejection.objects.filter(change__batch=batch, rejecter=actor["by"], reason=reason)
    return batch.stopped_why == decide.rejected_by(actor["by"], reason) or said.exists()


def _has_cancelled(batch: Batch, given: CancelInputs, actor: Actor) -> bool:
    return batch.stopped_why == decide.cancelled_by(actor["by"], as_kept(given.reason))


APPROVE: Action[Batch, ApproveInputs] = Action(
    noun=NOUN,
    verb="approve",
    event=Event.BATCH_APPROVAL_GIVEN,
    words=Words(
        title="Approve all keys: {ref}",
        explains="You agree to exactly the moves that you see here, by the SHA-256 of their plan.",
        button="Approve all keys",
        done="You approved {ref}.",
    ),
    inputs=ApproveInputs,
    plan_read=lambda person, batch: part_seen_by(person, batch).plan_sha256,
    may=lambda person, batch, now: decide.may_approve_batch(person, batch, now=now),
    do=lambda batch, given, actor: decide.approve_batch(
        batch, plan_sha256=given.plan_sha256, comment=given.comment, **actor
    ),
    stands=_has_approved,
)
RUN: Action[Batch, NoInputs] = Action(
    noun=NOUN,
    verb="run",
    event=Event.CHANGE_RUN_ASKED,  # of each line that waited for it
    words=Words(
        title="Run what is approved: {ref}",
        explains="Changes that wait for somebody to run them begin in waves, within the quota of KMS.",
        button="Run what is approved",
        done="{ref} is set to run.",
    ),
    inputs=NoInputs,
    may=lambda person, batch, now: decide.may_run_batch(person, batch, now=now),
    do=lambda batch, _given, actor: decide.run_batch(batch, **actor),
    stands=_is_to_run,
)
REJECT: Action[Batch, RejectInputs] = Action(
    noun=NOUN,
    verb="reject",
    event=Event.BATCH_REJECTED,
    words=Words(
        title="Reject the batch: {ref}",
        explains="A rejection with its reason ends every change here that has not begun.",
        button="Reject the batch",
        done="You rejected {ref}. What had begun goes on being watched.",
    ),
    inputs=RejectInputs,
    may=lambda person, batch, now: decide.may_reject_batch(person, batch, now=now),
    do=lambda batch, given, actor: decide.reject_batch(batch, reason=given.reason, **without_proof(actor)),
    stands=_has_rejected,
)
CANCEL: Action[Batch, CancelInputs] = Action(
    noun=NOUN,
    verb="cancel",
    event=Event.BATCH_CANCELLED,
    words=Words(
        title="Cancel the rest: {ref}",
        explains="Changes that you see here and that have not begun are cancelled; those under way go on.",
        button="Cancel the rest",
        done="You cancelled {ref}. What had begun goes on being watched.",
    ),
    inputs=CancelInputs,
    may=lambda person, batch, _now: decide.may_cancel_batch(person, batch),
    do=lambda batch, given, actor: decide.cancel_batch(batch, reason=given.reason, **without_proof(actor)),
    stands=_has_cancelled,
)

BATCH_ACTIONS: Mapping[str, Action[Batch, Any]] = {
    action.verb: action for action in (APPROVE, RUN, REJECT, CANCEL)
}
