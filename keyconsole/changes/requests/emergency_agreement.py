"""A person's second emergency, while the first is not reviewed: it waits until another member agrees.

One person alone could go around everybody again and again before anybody has looked at it once.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import F

from keyconsole.audit.events import Event
from keyconsole.audit.given_proof import GivenProof, refuse_stale
from keyconsole.aws_accounts.models import AwsAccount
from keyconsole.aws_accounts.permissions import Person, can
from keyconsole.aws_accounts.roles import Permission
from keyconsole.changes import notifications
from keyconsole.changes.models import Change, EmergencyAgreement, Review
from keyconsole.changes.requests.begin_emergency import begin_emergency, refuse_without_proof
from keyconsole.changes.states import State
from keyconsole.changes.transition import record_event
from keyconsole.people.groups import is_in_group
from keyconsole.policies.quorum.roster import Roster
from keyconsole.refusal_codes import Code
from keyconsole.refusals import Lost, Reason, Refused, Verdict
from keyconsole.text import REASON_AT_MOST, clean_text


def unreviewed_of(person: Person) -> Review | None:
    """The emergency of this person that nobody has reviewed yet; the one that is due first."""
    owed = Review.objects.filter(used_by_id=person.pk, reviewed_at=None)
    return owed.select_related("change").order_by("due_at").first()


def other_members(group: str, account: AwsAccount, *, without: str, roster: Roster) -> tuple[str, ...]:
    """Who of the group may see the account, and so can read what they agree to."""
    able = roster.groups.get(group, set()) & roster.who_may(Permission.VIEW, account)
    return tuple(sorted(able - {without}))


def agreement_of(change: Change) -> EmergencyAgreement | None:
    asked = EmergencyAgreement.objects.select_related("unreviewed", "member", "used_by")
    return asked.filter(change=change).first()


def members_asked(asked: EmergencyAgreement, change: Change) -> tuple[str, ...]:
    return other_members(
        asked.group, change.key.account, without=asked.used_by.username, roster=Roster.read()
    )


def waits_for_member(asked: EmergencyAgreement, members: Iterable[str]) -> str:
    return (
        f"Another member of {asked.group} has to agree: {' or '.join(members) or 'nobody is there'}. "
        f"{asked.unreviewed.ref}, an earlier emergency of {asked.used_by.username}, was not reviewed "
        "when this one was asked for."
    )


def ask_member(change: Change, unreviewed: Review, *, group: str, now: datetime) -> None:
    """Belongs into the transaction that makes the change."""
    asked = EmergencyAgreement.objects.create(
        change=change, unreviewed=unreviewed.change, group=group, used_by=change.requester, asked_at=now
    )
    members = members_asked(asked, change)
    data = {"unreviewed": unreviewed.change.ref, "group": group, "members": list(members)}
    record_event(change, Event.EMERGENCY_MEMBER_ASKED, actor=change.requester.username, now=now, data=data)
    notifications.member_asked(change, members=members, why=waits_for_member(asked, members), now=now)


def may_agree(person: Person, change: Change, *, now: datetime) -> Verdict:
    asked = agreement_of(change)
    if asked is None or asked.member_id or change.state != State.PENDING:
        return Verdict((Reason(Code.NOT_OPEN, f"{change.ref} does not wait for a member's agreement."),))
    if person.pk == asked.used_by_id:
        sentence = "Who uses the emergency path does not agree to it as well: another member has to."
        return Verdict((Reason(Code.OWN_EMERGENCY, sentence),))
    reasons = []
    if not _is_member(person, asked.group) or not can(person, Permission.VIEW, change.key.account):
        sentence = f"Only another member of {asked.group} may agree to {change.ref}."
        reasons.append(Reason(Code.NOT_A_MEMBER, sentence))
    if change.request_expires_at and now >= change.request_expires_at:
        reasons.append(Reason(Code.REQUEST_EXPIRED, f"{change.ref} has waited too long and expires."))
    return Verdict(tuple(reasons))


def agree(
    change: Change,
    *,
    by: User,
    plan_sha256: str,
    reauthenticated_at: datetime | None,
    now: datetime,
    comment: str = "",
    via: str = "page",
    proof: GivenProof | None = None,
) -> None:
    """Agree to exactly this plan; it runs from now on. Raises Refused.

    `reauthenticated_at`: when the member last proved who they are.
    """
    comment = clean_text("comment", comment, REASON_AT_MOST)
    may_agree(by, change, now=now).or_refuse()
    refuse_without_proof(reauthenticated_at, now=now)
    refuse_stale(proof)
    if plan_sha256 != change.plan_sha256:
        sentence = f"The plan that you looked at is not the plan of {change.ref}. Read it again."
        raise Refused(Reason(Code.PLAN_CHANGED, sentence))
    with transaction.atomic():
        # First the row: whoever cancels or supersedes it at this moment comes before or after.
        touched = Change.objects.filter(pk=change.pk, state=State.PENDING).update(version=F("version") + 1)
        open_rows = EmergencyAgreement.objects.filter(change=change, member=None)
        given = {"member": by, "agreed_at": now, "comment": comment, "plan_sha256": plan_sha256}
        if touched != 1 or open_rows.update(**given) != 1:
            raise Lost(change.ref)
        data = {"plan_sha256": plan_sha256, "comment": comment, "via": via}
        record_event(change, Event.EMERGENCY_AGREED, actor=by.username, now=now, data=data)
        begin_emergency(change, actor=by.username, alone=False, now=now)


def _is_member(person: Person, group: str) -> bool:
    return isinstance(person, User) and person.is_active and is_in_group(person, group)
