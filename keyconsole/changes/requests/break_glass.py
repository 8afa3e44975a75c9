"""The emergency path: it runs at once, everybody who was skipped hears of it, and somebody reviews it.

It skips approvals, windows and freezes; never the preflight, the plan, the allowed Regions or the record.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import F

from keyconsole.audit.events import Event
from keyconsole.aws_accounts.permissions import Person
from keyconsole.changes import notifications
from keyconsole.changes.authorization import may_request
from keyconsole.changes.models import Change, KindName, Review
from keyconsole.changes.quorum import quorum_of
from keyconsole.changes.requests.create import MoveRequest, already_asked, create
from keyconsole.changes.states import State
from keyconsole.changes.transition import move, record_event
from keyconsole.inventory.models import MultiRegionKey
from keyconsole.policies.governing.resolve import governing_for
from keyconsole.refusal_codes import Code
from keyconsole.refusals import Lost, Reason, Refused, Verdict
from keyconsole.text import REASON_AT_MOST, TICKET_AT_MOST, clean_text

# How fresh the proof has to be that it is really this person.
FRESH_FOR = timedelta(minutes=5)
REASON_AT_LEAST = 20


def may_break_glass(
    person: Person,
    key: MultiRegionKey,
    *,
    to_region: str,
    now: datetime,
    kind: KindName = KindName.UPDATE_PRIMARY_REGION,
) -> Verdict:
    rules = governing_for(key, to_region=to_region).rules
    reasons = []
    if not rules.emergency_group:
        reasons.append(Reason(Code.NO_EMERGENCY_PATH, "The policy of this key has no emergency path."))
    elif not _in_group(person, rules.emergency_group):
        sentence = f"Only members of {rules.emergency_group} may use the emergency path."
        reasons.append(Reason(Code.NOT_A_MEMBER, sentence))
    overdue = Review.objects.filter(used_by_id=person.pk, reviewed_at=None, due_at__lte=now).first()
    if overdue:
        sentence = f"The review of your emergency {overdue.change.ref} is overdue. It comes first."
        reasons.append(Reason(Code.REVIEW_OVERDUE, sentence))
    asked = may_request(person, key, to_region=to_region, now=now, is_emergency=True, kind=kind)
    return Verdict((*reasons, *asked.reasons))


def break_glass(move_request: MoveRequest, *, reauthenticated_at: datetime | None, now: datetime) -> Change:
    """Ask for a change that needs none of its approvals; raises Refused.

    `reauthenticated_at`: when the person last proved who they are.
    """
    move_request = replace(
        move_request,
        reason=clean_text("reason", move_request.reason, REASON_AT_MOST),
        ticket=clean_text("ticket", move_request.ticket, TICKET_AT_MOST),
    )
    if again := already_asked(move_request):
        return again
    _refuse_without_proof(move_request, reauthenticated_at, now=now)
    verdict = may_break_glass(
        move_request.by,
        move_request.key,
        to_region=move_request.to_region,
        now=now,
        kind=move_request.kind,
    )
    # The other click of a double click may have been stored since.
    if not verdict.allowed and (again := already_asked(move_request)):
        return again
    verdict.or_refuse()
    return create(move_request, now=now, then=_begin_emergency, is_emergency=True)


def review(
    change: Change, *, by: User, was_right: bool, comment: str, now: datetime, via: str = "page"
) -> None:
    """Another person judges an emergency afterwards; raises Refused."""
    comment = clean_text("comment", comment, REASON_AT_MOST)
    may_review(by, change).or_refuse()
    if not comment:
        sentence = "Say what you found: the review stays in the record."
        raise Refused(Reason(Code.COMMENT_MISSING, sentence))
    with transaction.atomic():
        closed = Review.objects.filter(change=change, reviewed_at=None).update(
            reviewer=by, reviewed_at=now, was_right=was_right, comment=comment
        )
        if closed != 1:
            raise Lost(change.ref)
        Change.objects.filter(pk=change.pk).update(version=F("version") + 1)
        data = {"was_right": was_right, "comment": comment, "via": via}
        record_event(change, Event.EMERGENCY_REVIEWED, actor=by.username, now=now, data=data)


def may_review(person: Person, change: Change) -> Verdict:
    owed = Review.objects.filter(change=change).first()
    if owed is None or owed.reviewed_at:
        return Verdict((Reason(Code.NO_REVIEW_OWED, f"{change.ref} has no review to give."),))
    quorum = quorum_of(change)
    if person.get_username() == quorum.requester:
        return Verdict((Reason(Code.OWN_EMERGENCY, "Who used the emergency path does not review it."),))
    if person.get_username() not in quorum.reviewers:
        sentence = f"Only those whom {change.ref} would have needed may review it."
        return Verdict((Reason(Code.NOT_AN_APPROVER, sentence),))
    return Verdict()


def _begin_emergency(change: Change, *, now: datetime) -> None:
    quorum = quorum_of(change)
    rules, actor, skipped = quorum.rules, quorum.requester, sorted(quorum.deciders)
    due_at = now + timedelta(hours=rules.review_within_hours)
    Review.objects.create(change=change, used_by=change.requester, opened_at=now, due_at=due_at)
    data = {
        "policy": rules.name,
        "skipped": skipped,
        "review_due_at": due_at.isoformat(),
        "reason": change.reason,
    }
    record_event(change, Event.EMERGENCY_USED, actor=actor, now=now, data=data)
    move(
        change,
        to=State.APPROVED,
        event=Event.CHANGE_APPROVED,
        actor=actor,
        now=now,
        data={"policy": rules.name, "rule": "emergency", "plan_sha256": change.plan_sha256},
        run_at=now,
        request_expires_at=None,
    )
    notifications.emergency_used(change, skipped=skipped, now=now)


def _refuse_without_proof(
    move_request: MoveRequest, reauthenticated_at: datetime | None, *, now: datetime
) -> None:
    if reauthenticated_at is None or not timedelta(0) <= now - reauthenticated_at <= FRESH_FOR:
        raise Refused(Reason(Code.PROOF_NEEDED, "Prove first that it is you: sign in again."))
    if len(move_request.reason.strip()) < REASON_AT_LEAST:
        sentence = f"An emergency needs a reason of at least {REASON_AT_LEAST} characters."
        raise Refused(Reason(Code.REASON_TOO_SHORT, sentence))


def _in_group(person: Person, group: str) -> bool:
    return isinstance(person, User) and person.is_active and person.groups.filter(name=group).exists()
