"""The way back: a request for the reverse of what a batch did, through the same checks and approvals."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.models import User

from keyconsole.audit.given_proof import GivenProof
from keyconsole.aws_accounts.permissions import accounts_where
from keyconsole.aws_accounts.roles import Permission
from keyconsole.changes.batches.lines import Line
from keyconsole.changes.batches.request import BatchRequest, request_lines
from keyconsole.changes.models import Batch, ChangeQuerySet, OnFailure
from keyconsole.changes.states import State
from keyconsole.refusal_codes import Code
from keyconsole.refusals import Reason, Refused, Verdict


def lines_back(batch: Batch, *, by: User) -> tuple[Line, ...]:
    """Each key that the batch moved and that the person sees, to the Region where its primary was before."""
    done = _done(batch, by).select_related("key__account").order_by("number")
    return tuple(Line(change.key, change.from_region) for change in done)


def may_put_back(batch: Batch, *, by: User) -> Verdict:
    if batch.ended_at is None:
        return Verdict((Reason(Code.BATCH_NOT_ENDED, f"{batch.ref} has not ended yet."),))
    if not _done(batch, by).exists():
        sentence = f"{batch.ref} has moved nothing that could be put back."
        return Verdict((Reason(Code.NOTHING_TO_PUT_BACK, sentence),))
    return Verdict()


def _done(batch: Batch, by: User) -> ChangeQuerySet:
    return batch.changes.filter(state=State.DONE).visible_in(accounts_where(by, Permission.VIEW))


def reason_back(batch: Batch) -> str:
    return f"Put back what {batch.ref} moved."


def put_back(
    batch: Batch,
    *,
    by: User,
    token: str,
    now: datetime,
    reason: str = "",
    ticket: str = "",
    on_failure: OnFailure = OnFailure.STOP,
    lines: tuple[Line, ...] | None = None,
    via: str = "page",
    proof: GivenProof | None = None,
) -> Batch:
    """Ask for the reverse; raises Refused. `lines`: only these of them."""
    may_put_back(batch, by=by).or_refuse()
    back = lines_back(batch, by=by)
    wanted = back if lines is None else lines
    if not set(wanted) <= set(back):
        raise Refused(Reason(Code.NOTHING_TO_PUT_BACK, f"{batch.ref} did not move all of these keys."))
    batch_request = BatchRequest(
        lines=wanted,
        by=by,
        reason=reason or reason_back(batch),
        token=token,
        ticket=ticket,
        on_failure=on_failure,
        via=via,
        proof=proof,
        puts_back=batch,
    )
    return request_lines(batch_request, now=now)
