"""Makes the row of a new change: its plan, its pinned rules, its number. Called by the verbs that ask."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.db.models import Max

from keyconsole.audit.events import Event
from keyconsole.audit.given_proof import GivenProof
from keyconsole.changes import notifications
from keyconsole.changes.authorization import gives_way
from keyconsole.changes.kinds.registry import KINDS, kind_of
from keyconsole.changes.models import Batch, Change, KindName
from keyconsole.changes.plan.plan import plan_sha256
from keyconsole.changes.plan.selection import with_selection
from keyconsole.changes.states import State
from keyconsole.changes.transition import move, record_event
from keyconsole.inventory.models import MultiRegionKey
from keyconsole.policies.governing.match import Governing
from keyconsole.policies.governing.resolve import governing_for
from keyconsole.policies.models import PolicyVersion
from keyconsole.references import CHANGE, reference
from keyconsole.refusal_codes import Code
from keyconsole.refusals import Lost, Reason, Refused

# Two people may be given the same next number at the same moment; the loser takes the one after.
NUMBER_ATTEMPTS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveRequest:
    """What a person asks for. The same `token` again is the same request: a form sent twice asks once."""

    key: MultiRegionKey
    to_region: str
    by: User
    reason: str
    token: str
    ticket: str = ""
    via: str = "page"
    proof: GivenProof | None = None
    run_at: datetime | None = None
    batch: Batch | None = None
    kind: KindName = KindName.UPDATE_PRIMARY_REGION


class Then(Protocol):
    def __call__(self, change: Change, *, now: datetime) -> None: ...


def create(move_request: MoveRequest, *, now: datetime, then: Then, is_emergency: bool = False) -> Change:
    """The change, with what `then` does to it in the same transaction; raises Refused for a rival's."""
    for _attempt in range(NUMBER_ATTEMPTS):
        try:
            with transaction.atomic():
                fields = _fields(move_request, now=now)
                waited = supersede(move_request, fields["number"], now=now) if is_emergency else None
                change = Change.objects.create(**fields, is_emergency=is_emergency)
                link(waited, change)
                record_request(change, move_request, now=now)
                then(change, now=now)
                return change
        except (IntegrityError, Lost):
            if again := already_asked(move_request):
                return again
            _refuse_for_rival(move_request, is_emergency=is_emergency)
    raise Refused(Reason(Code.TOO_BUSY, "Many others asked for changes at the same moment. Try again."))


def already_asked(move_request: MoveRequest) -> Change | None:
    return Change.objects.filter(
        request_token=move_request.token, requester=move_request.by, key=move_request.key
    ).first()


def supersede(move_request: MoveRequest, number: int, *, now: datetime) -> Change | None:
    """End what waits for the key, for the emergency of that number; raises Lost where it no longer waits.

    A worker may claim it at this moment: of the two exactly one moves it, here or there.
    """
    found = Change.objects.open().filter(key=move_request.key)
    waiting = found.select_related("key__account", "requester", "batch").first()
    if waiting is None or not gives_way(waiting):
        return None
    emergency = reference(CHANGE, number)
    move(
        waiting,
        to=State.CANCELLED,
        event=Event.CHANGE_SUPERSEDED,
        actor=move_request.by.username,
        now=now,
        data={"superseded_by": emergency, "reason": move_request.reason},
        outcome=f"Superseded by the emergency {emergency} of {move_request.by.username}. "
        "Nothing was sent to AWS for this one.",
    )
    notifications.superseded(waiting, by=emergency, now=now)
    return waiting


def link(waited: Change | None, change: Change) -> None:
    if waited:
        Change.objects.filter(pk=waited.pk).update(superseded_by=change)


def _refuse_for_rival(move_request: MoveRequest, *, is_emergency: bool) -> None:
    rival = Change.objects.open().filter(key=move_request.key).first()
    if rival and not (is_emergency and gives_way(rival)):
        raise Refused(Reason(Code.CHANGE_UNDER_WAY, f"{rival.ref} is already under way for this key."))


def _fields(move_request: MoveRequest, *, now: datetime) -> dict[str, Any]:
    governing = governing_for(move_request.key, to_region=move_request.to_region)
    return fields_of(move_request, governing, number=next_number(), now=now)


def next_number() -> int:
    last: int = Change.objects.aggregate(last=Max("number"))["last"] or 0
    return last + 1


def fields_of(
    move_request: MoveRequest, governing: Governing[PolicyVersion], *, number: int, now: datetime
) -> dict[str, Any]:
    kind = KINDS[move_request.kind]
    plan = with_selection(kind.plan(move_request.key, to_region=move_request.to_region), governing)
    return {
        "number": number,
        "kind": move_request.kind.value,
        "key": move_request.key,
        "from_region": plan["from_region"],
        "to_region": move_request.to_region,
        "requester": move_request.by,
        "reason": move_request.reason,
        "ticket": move_request.ticket,
        "request_token": move_request.token,
        "batch": move_request.batch,
        "plan": plan,
        "plan_sha256": plan_sha256(plan),
        "policy_version": governing.version,
        "rules": governing.rules.as_json(),
        "policy_why": governing.why,
        "requested_at": now,
        "due_at": now,
        "state_since": now,
        "request_expires_at": now + timedelta(hours=governing.rules.request_lives_hours),
        "run_at": move_request.run_at,
    }


def _preflight(change: Change, *, now: datetime) -> list[dict[str, str]]:
    """What the checks said when it was asked for, as its page shows it for ever after."""
    return [
        {"name": check.name, "answer": check.answer, "sentence": check.sentence, "region": check.region}
        for check in kind_of(change).preflight(change.key, to_region=change.to_region, now=now).checks
    ]


def record_request(change: Change, move_request: MoveRequest, *, now: datetime) -> None:
    data = {
        "alias": change.key.alias,
        "reason": change.reason,
        "ticket": change.ticket,
        "via": move_request.via,
        "from_region": change.from_region,
        "to_region": change.to_region,
        "plan": change.plan,
        "plan_sha256": change.plan_sha256,
        "preflight": _preflight(change, now=now),
        "policy": str(change.policy_version or "none"),
        "rules": change.rules,
    }
    record_event(change, Event.CHANGE_REQUESTED, actor=move_request.by.username, now=now, data=data)
