"""Confirming and removing the lines of an access review. Removing takes away, at once, what a line names."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction

from keyconsole.audit.events import Event
from keyconsole.audit.log import record
from keyconsole.aws_accounts.models import AwsAccount, RoleGrant
from keyconsole.aws_accounts.permissions import can
from keyconsole.aws_accounts.roles import Permission, Role
from keyconsole.people.access_review.end import end_if_answered
from keyconsole.people.assign import take_out_of_group, take_role
from keyconsole.people.models import AccessReview, AccessReviewLine, Answer, Membership
from keyconsole.refusal_codes import Code
from keyconsole.refusals import Reason, Refused, Verdict
from keyconsole.text import clean_comment


def may_answer(person: User, line: AccessReviewLine) -> Verdict:
    """Its owner, or whoever else administers there; never its holder."""
    if line.review.ended_at:
        return _no(Code.NOT_OPEN, f"{line.review} has ended.")
    if line.answer:
        return _no(Code.NOT_OPEN, f"Line {line.number} was answered by {line.answered_by}.")
    if line.person_id == person.pk:
        return _no(Code.OWN_LINE, f"Line {line.number} is your own: another administrator answers it.")
    account = AwsAccount.objects.filter(account_id=line.account_id).first() if line.account_id else None
    if not can(person, Permission.ADMINISTER, account):
        return _no(Code.MAY_NOT_MANAGE, f"Line {line.number} is not yours: you do not administer there.")
    return Verdict()


def confirm(line: AccessReviewLine, *, comment: str = "", by: User, now: datetime) -> None:
    """It may stay. Raises Refused."""
    comment = clean_comment(comment)
    with transaction.atomic():
        line = _held(line)
        may_answer(by, line).or_refuse()
        if not is_held(line):
            _answered(line, Answer.GONE, comment="", by=by, now=now)
        else:
            _answered(line, Answer.CONFIRMED, comment=comment, by=by, now=now)
            _record(Event.ACCESS_REVIEW_CONFIRMED, line, by=by, now=now)
        end_if_answered(line.review, now=now)


def remove(line: AccessReviewLine, *, comment: str = "", by: User, now: datetime) -> None:
    """It is taken away. Raises Refused, such as for the last administrator."""
    comment = clean_comment(comment)
    with transaction.atomic():
        line = _held(line)
        may_answer(by, line).or_refuse()
        if not is_held(line):
            _answered(line, Answer.GONE, comment="", by=by, now=now)
        else:
            _answered(line, Answer.REMOVED, comment=comment, by=by, now=now)
            _take_away(line, why=comment or f"removed in the access review {line.review}", by=by, now=now)
            _record(Event.ACCESS_REVIEW_REMOVED, line, by=by, now=now)
        end_if_answered(line.review, now=now)


def is_held(line: AccessReviewLine) -> bool:
    """Whether it still is there, given by the same hand at the same time."""
    if line.group:
        held = Membership.objects.filter(person=line.person_id, group__name=line.group, sso_group="")
        return held.filter(joined_at=line.given_at).exists()
    grants = RoleGrant.objects.in_force().filter(person=line.person_id, role=line.role, sso_group="")
    there = (
        grants.filter(account__account_id=line.account_id) if line.account_id else grants.filter(account=None)
    )
    return there.filter(granted_at=line.given_at).exists()


def _held(line: AccessReviewLine) -> AccessReviewLine:
    """As it is now. On PostgreSQL neither another answer nor the end comes in between."""
    AccessReview.objects.select_for_update().get(pk=line.review_id)
    return AccessReviewLine.objects.select_related("review", "person", "owner").get(pk=line.pk)


def _take_away(line: AccessReviewLine, *, why: str, by: User, now: datetime) -> None:
    if line.group:
        take_out_of_group(line.person, line.group, why=why, by=by, now=now)
        return
    account = AwsAccount.objects.get(account_id=line.account_id) if line.account_id else None
    take_role(line.person, Role(line.role), account, why=why, by=by, now=now)


def _answered(line: AccessReviewLine, answer: Answer, *, comment: str, by: User, now: datetime) -> None:
    """Compare and set: of two who answer at once, one does."""
    fields = {
        "answer": answer.value,
        "answered_by": by.username,
        "answered_at": now,
        "comment": comment,
    }
    open_lines = AccessReviewLine.objects.filter(pk=line.pk, answer="", review__ended_at=None)
    if open_lines.update(**fields) != 1:
        sentence = f"Line {line.number} was answered at this moment. Look at it again."
        raise Refused(Reason(Code.LOST_RACE, sentence))
    for name, value in fields.items():
        setattr(line, name, value)


def _record(event: Event, line: AccessReviewLine, *, by: User, now: datetime) -> None:
    record(
        event,
        actor=by.username,
        subject=line.person.username,
        account_id=line.account_id,
        now=now,
        data={
            "review": line.review.ref,
            "line": line.number,
            "what": line.what,
            "comment": line.comment,
        },
    )


def _no(code: Code, sentence: str) -> Verdict:
    return Verdict((Reason(code, sentence),))
