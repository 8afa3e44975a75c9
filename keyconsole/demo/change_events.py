"""What the record holds of each change of the demo story: the product's own events, in its own words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from keyconsole.audit.events import Event
from keyconsole.changes.models import Answer, Attempt, Change, KindName
from keyconsole.changes.states import State
from keyconsole.demo.changes import DEADLINE, REVIEWER, WORKER, Told, answer_of, what_differs
from keyconsole.demo.timeline import Happening, recorded


def change_happenings(told: Told, change: Change, attempt: Attempt | None) -> Iterator[Happening]:
    record = _Record(told)
    request = _request(change) | {"policy": told.then.version or "none"}
    yield record.event(Event.CHANGE_REQUESTED, at=told.requested_at, by=told.past.by, **request)
    yield from _emergency(record) if told.is_emergency else _votes(record, change)
    if told.was_approved:
        yield _approved(record, change)
    if told.state is State.CANCELLED:
        because = told.past.cancelled_because
        before = State.APPROVED if told.was_approved else State.PENDING
        yield record.end(Event.CHANGE_CANCELLED, before, by=told.past.by, reason=because)
        return
    yield record.step(Event.CHANGE_CLAIMED, State.APPROVED, State.EXECUTING, at=told.claimed_at)
    if told.state is State.STALE:
        found = what_differs(told, change.plan)
        yield record.end(Event.CHANGE_STALE, State.EXECUTING, differences=found)
    elif attempt:
        yield from _call(record, change, attempt)


def _votes(record: _Record, change: Change) -> Iterator[Happening]:
    told, agreed_to = record.told, {"plan_sha256": change.plan_sha256}
    for approver, at in told.votes:
        given = agreed_to | {"comment": "", "via": "page"}
        yield record.event(Event.CHANGE_APPROVAL_GIVEN, at=at, by=approver, **given)


def _emergency(record: _Record) -> Iterator[Happening]:
    told = record.told
    yield record.event(
        Event.EMERGENCY_USED,
        at=told.requested_at,
        by=told.past.by,
        policy=told.then.rules.name,
        skipped=told.skipped,
        review_due_at=told.review_due_at.isoformat(),
        reason=told.past.reason,
    )
    found = {"was_right": True, "comment": told.past.review, "via": "page"}
    yield record.event(Event.EMERGENCY_REVIEWED, at=told.reviewed_at, by=REVIEWER, **found)


def _approved(record: _Record, change: Change) -> Happening:
    told = record.told
    return record.step(
        Event.CHANGE_APPROVED,
        State.PENDING,
        State.APPROVED,
        at=told.approved_at,
        by=told.approvers[-1] if told.approvers else told.past.by,
        policy=told.then.rules.name,
        rule="emergency" if told.is_emergency else told.then.rules.rule.value,
        plan_sha256=change.plan_sha256,
    )


def _call(record: _Record, change: Change, attempt: Attempt) -> Iterator[Happening]:
    told, answer = record.told, answer_of(record.told)
    yield record.event(
        Event.CHANGE_EXECUTION_STARTED,
        at=told.called_at,
        key_arn=attempt.key_arn,
        to_region=attempt.to_region,
        plan_sha256=change.plan_sha256,
    )
    said = {name: answer.get(name, "") for name in ("answer", "request_id", "error_code", "error_message")}
    yield record.event(Event.CHANGE_ANSWERED, at=told.answered_at, **said)
    if told.state is State.NOT_APPLIED:
        yield record.end(Event.CHANGE_NOT_APPLIED, State.EXECUTING, sentence=change.outcome)
        return
    yield record.step(
        Event.CHANGE_SETTLING,
        State.EXECUTING,
        State.SETTLING,
        at=told.answered_at,
        why=f"AWS's answer: {Answer(attempt.answer).label}.",
        deadline_at=(told.answered_at + DEADLINE).isoformat(),
    )
    if told.overdue_at:
        still = (
            f"AWS is still at work: {change.from_region} is REPLICA and Updating, "
            f"{change.to_region} is PRIMARY and Updating."
        )
        yield record.event(Event.CHANGE_OVERDUE, at=told.overdue_at, sentence=still)
    yield record.end(
        Event.CHANGE_DONE, State.SETTLING, sentence=change.outcome, request_id=attempt.request_id
    )


def _request(change: Change) -> dict[str, Any]:
    return {
        "reason": change.reason,
        "ticket": change.ticket,
        "via": "page",
        "from_region": change.from_region,
        "to_region": change.to_region,
        "plan": change.plan,
        "plan_sha256": change.plan_sha256,
        "rules": change.rules,
    }


class _Record:
    def __init__(self, told: Told) -> None:
        self.told = told

    def event(self, event: Event, *, at: Any, by: str = WORKER, **data: Any) -> Happening:
        return recorded(
            event,
            at=at,
            actor=by,
            subject=self.told.ref,
            account_id=self.told.story.account.account_id,
            data={"kind": KindName.UPDATE_PRIMARY_REGION.value, "key_id": self.told.story.key_id} | data,
        )

    def step(
        self, event: Event, before: State, after: State, *, at: Any, by: str = WORKER, **data: Any
    ) -> Happening:
        return self.event(event, at=at, by=by, **{"from": before, "to": after}, **data)

    def end(self, event: Event, before: State, *, by: str = WORKER, **data: Any) -> Happening:
        return self.step(event, before, self.told.state, at=self.told.closed_at, by=by, **data)
