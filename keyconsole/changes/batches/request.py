"""Asks for the moves of many keys together: one change a key, one plan over all. All of it, or nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.db.models import Max

from keyconsole.audit.events import Event
from keyconsole.audit.given_proof import GivenProof, refuse_stale
from keyconsole.changes.approvals.decide import mark_approved
from keyconsole.changes.batches import notifications
from keyconsole.changes.batches.audit import record_batch_event
from keyconsole.changes.batches.lines import Judged, Line, judged_lines, read_lines
from keyconsole.changes.kinds.registry import KINDS
from keyconsole.changes.models import Batch, Change, KindName, OnFailure
from keyconsole.changes.plan.plan import plan_sha256
from keyconsole.changes.quorum import quorums_of
from keyconsole.changes.requests.create import (
    NUMBER_ATTEMPTS,
    MoveRequest,
    fields_of,
    next_number,
    record_request,
)
from keyconsole.inventory.models import MultiRegionKey
from keyconsole.refusal_codes import Code
from keyconsole.refusals import Reason, Refused
from keyconsole.text import REASON_AT_MOST, TICKET_AT_MOST, clean_text

LINES_AT_MOST = 500
NOTHING_REQUESTED = Reason(Code.NOTHING_REQUESTED, "Nothing was asked for.")


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchRequest:
    """What a person asks for. The same `token` again is the same request."""

    lines: tuple[Line, ...]
    by: User
    reason: str
    token: str
    ticket: str = ""
    on_failure: OnFailure = OnFailure.STOP
    via: str = "page"
    proof: GivenProof | None = None
    puts_back: Batch | None = None
    kind: KindName = KindName.UPDATE_PRIMARY_REGION  # the same for every line


class LinesRefusedError(Refused):
    """Some lines cannot be asked for; `lines` are those, each with its reasons."""

    def __init__(self, lines: Sequence[Judged]) -> None:
        self.lines = tuple(lines)
        words = [f"{each.line.key.name}: {' '.join(each.reasons)}" for each in self.lines]
        super().__init__(NOTHING_REQUESTED, *(Reason(Code.KEY_REFUSED, each) for each in words))


def request_batch(
    keys: Iterable[MultiRegionKey],
    *,
    to_region: str,
    by: User,
    reason: str,
    token: str,
    now: datetime,
    ticket: str = "",
    on_failure: OnFailure = OnFailure.STOP,
    via: str = "page",
    proof: GivenProof | None = None,
) -> Batch:
    """Ask to make the replicas in one Region the primaries of all these keys; raises Refused.

    Keys that cannot be asked for raise LinesRefusedError, which names them; then nothing was asked for.
    """
    lines = tuple(Line(key, to_region) for key in keys)
    batch_request = BatchRequest(
        lines=lines,
        by=by,
        reason=reason,
        token=token,
        ticket=ticket,
        on_failure=on_failure,
        via=via,
        proof=proof,
    )
    return request_lines(batch_request, now=now)


def moves_alone(judged: Iterable[Judged]) -> bool:
    """Whether a line of it moves by being asked for, since its rules ask nobody else."""
    return any(not each.governing.rules.needs_approval for each in judged)


def request_lines(batch_request: BatchRequest, *, now: datetime) -> Batch:
    """As `request_batch`, where each key may go to a Region of its own."""
    if again := already_asked(batch_request):
        return again
    refuse_count(len(batch_request.lines))
    batch_request = replace(
        batch_request,
        reason=clean_text("reason", batch_request.reason, REASON_AT_MOST),
        ticket=clean_text("ticket", batch_request.ticket, TICKET_AT_MOST),
        lines=read_lines(batch_request.lines),
    )
    for _attempt in range(NUMBER_ATTEMPTS):
        judged = judged_lines(
            batch_request.by,
            batch_request.lines,
            reason=batch_request.reason,
            ticket=batch_request.ticket,
            kind=batch_request.kind,
            now=now,
        )
        if refused := [each for each in judged if each.reasons]:
            raise LinesRefusedError(refused)
        if moves_alone(judged):
            refuse_stale(batch_request.proof)
        try:
            with transaction.atomic():
                return _store(batch_request, judged, now=now)
        except IntegrityError:
            if again := already_asked(batch_request):
                return again
    raise Refused(Reason(Code.TOO_BUSY, "Many others asked for changes at the same moment. Try again."))


def refuse_count(count: int) -> None:
    if not count:
        raise Refused(Reason(Code.NOTHING_CHOSEN, "Choose at least one key."))
    if count > LINES_AT_MOST:
        sentence = (
            f"You chose {count:,} keys; one request takes at most {LINES_AT_MOST}. Nothing was asked for."
        )
        raise Refused(Reason(Code.TOO_MANY_KEYS, sentence))


def already_asked(batch_request: BatchRequest) -> Batch | None:
    return Batch.objects.filter(request_token=batch_request.token, requester=batch_request.by).first()


def _store(batch_request: BatchRequest, judged: Sequence[Judged], *, now: datetime) -> Batch:
    first = next_number()
    move_requests = [_move_request_of(batch_request, each.line) for each in judged]
    rows = [
        Change(**fields_of(single, each.governing, number=first + place, now=now))
        for place, (single, each) in enumerate(zip(move_requests, judged, strict=True))
    ]
    batch = _store_batch(batch_request, rows, now=now)
    for row in rows:
        row.batch = batch
    changes = Change.objects.bulk_create(rows)
    record_batch_event(
        batch,
        Event.BATCH_REQUESTED,
        actor=batch_request.by.username,
        now=now,
        data=_data(batch, batch_request),
    )
    quorums = quorums_of(batch.changes.all())
    for change, single in zip(changes, move_requests, strict=True):
        record_request(change, single, now=now)
        if not quorums[change.pk].needs:
            mark_approved(change, quorums[change.pk], actor=batch_request.by.username, now=now)
    notifications.asked(batch, now=now)
    return batch


def _move_request_of(batch_request: BatchRequest, line: Line) -> MoveRequest:
    token = sha256(f"{batch_request.token}:{line.key.pk}".encode()).hexdigest()
    return MoveRequest(
        key=line.key,
        to_region=line.to_region,
        by=batch_request.by,
        reason=batch_request.reason,
        token=token,
        ticket=batch_request.ticket,
        via=batch_request.via,
        proof=batch_request.proof,
        kind=batch_request.kind,
    )


def _store_batch(batch_request: BatchRequest, rows: Sequence[Change], *, now: datetime) -> Batch:
    plan = {
        "action": KINDS[batch_request.kind].operation,
        "on_failure": str(batch_request.on_failure),
        "lines": [*map(_line, rows)],
    }
    last: int = Batch.objects.aggregate(last=Max("number"))["last"] or 0
    return Batch.objects.create(
        number=last + 1,
        requester=batch_request.by,
        reason=batch_request.reason,
        ticket=batch_request.ticket,
        request_token=batch_request.token,
        on_failure=batch_request.on_failure,
        plan=plan,
        plan_sha256=plan_sha256(plan),
        requested_at=now,
        due_at=now,
        puts_back=batch_request.puts_back,
    )


def _line(change: Change) -> dict[str, str]:
    return {
        "change": change.ref,
        "account_id": change.plan["account_id"],
        "key_id": change.plan["key_id"],
        "from_region": change.from_region,
        "to_region": change.to_region,
        "plan_sha256": change.plan_sha256,
    }


def _data(batch: Batch, batch_request: BatchRequest) -> dict[str, Any]:
    return {
        "reason": batch.reason,
        "ticket": batch.ticket,
        "via": batch_request.via,
        "plan": batch.plan,
        "plan_sha256": batch.plan_sha256,
        "on_failure": str(batch_request.on_failure),
        "puts_back": batch_request.puts_back.ref if batch_request.puts_back else "",
    }
