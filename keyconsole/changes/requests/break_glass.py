"""The emergency path: it runs at once, everybody who was skipped hears of it, and somebody reviews it.

It skips approvals, windows and freezes; never the preflight, the plan, the allowed Regions or the record.
What waits for the key gives way to it. While one emergency of a person is not reviewed, a second waits for
another member of the group.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import F

from keyconsole.audit.events import Event
from keyconsole.audit.given_proof import refuse_stale
from keyconsole.aws_accounts.permissions import Person
from keyconsole.changes.authorization import may_request
from keyconsole.changes.models import Change, KindName, Review
from keyconsole.changes.quorum import quorum_of, rules_of
from keyconsole.changes.requests.begin_emergency import begin_emergency, refuse_without_proof
from keyconsole.changes.requests.create import MoveRequest, already_asked, create
from keyconsole.changes.requests.emergency_agreement import ask_member, other_members, unreviewed_of
from keyconsole.changes.transition import record_event
from keyconsole.inventory.models import MultiRegionKey
from keyconsole.people.groups import is_in_group
from keyconsole.policies.document.rules import Rules
from keyconsole.policies.governing.resolve import governing_for
from keyconsole.policies.quorum.roster import Roster
from keyconsole.refusal_codes import Code
from keyconsole.refusals import Lost, Reason, Refused, Verdict
from keyconsole.text import REASON_AT_MOST, TICKET_AT_MOST, clean_text

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
    else:
        reasons += _about_members(person, key, rules)
    asked = may_request(person, key, to_region=to_region, now=now, is_emergency=True, kind=kind)
    return Verdict((*reasons, *asked.reasons))


def break_glass(move_request: MoveRequest, *, reauthenticated_at: datetime | None, now: datetime) -> Change:
    """Ask for a change that needs none of its approvals; raises Refused. Pending, it waits for a member.

    `reauthenticated_at`: when the person last proved who they are.
    """
    move_request = replace(
        move_request,
        reason=clean_text("reason", move_request.reason, REASON_AT_MOST),
        ticket=clean_text("ticket", move_request.ticket, TICKET_AT_MOST),
    )
    if again := already_asked(move_request):
        return again
    _refuse_thin_reason(move_request)
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
    refuse_without_proof(reauthenticated_at, now=now)
    refuse_stale(move_request.proof)
    return create(move_request, now=now, then=_begin, is_emergency=True)


def review(
    change: Change,
    *,
    by: User,
    was_right: bool,
    comment: str,
    now: datetime,
    via: str = "page",
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


def _begin(change: Change, *, now: datetime) -> None:
    """At once; or once another member agrees, where an earlier one of this person is not reviewed."""
    if unreviewed := unreviewed_of(change.requester):
        ask_member(change, unreviewed, group=rules_of(change).emergency_group, now=now)
    else:
        begin_emergency(change, actor=change.requester.username, alone=True, now=now)


def _about_members(person: Person, key: MultiRegionKey, rules: Rules) -> tuple[Reason, ...]:
    """Where an earlier emergency of this person is not reviewed, somebody else has to be there."""
    unreviewed = unreviewed_of(person)
    if unreviewed is None or not rules.emergency_group:
        return ()
    group, name = rules.emergency_group, person.get_username()
    if other_members(group, key.account, without=name, roster=Roster.read()):
        return ()
    sentence = (
        f"Your emergency {unreviewed.change.ref} is not reviewed yet, so another member of {group} has to "
        "agree to this one, and nobody else is there."
    )
    return (Reason(Code.NOBODY_COULD_APPROVE, sentence),)


def _refuse_thin_reason(move_request: MoveRequest) -> None:
    if len(move_request.reason.strip()) < REASON_AT_LEAST:
        sentence = f"An emergency needs a reason of at least {REASON_AT_LEAST} characters."
        raise Refused(Reason(Code.REASON_TOO_SHORT, sentence))


def _in_group(person: Person, group: str) -> bool:
    return isinstance(person, User) and person.is_active and is_in_group(person, group)
