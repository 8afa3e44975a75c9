"""The end of an access review: how many lines were answered how, and the hash of all of them, for ever."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction

from keyconsole.audit.canonical import sha256_of
from keyconsole.audit.events import Event
from keyconsole.audit.log import ITSELF, record
from keyconsole.people.administrators import refuse_unless_administrator
from keyconsole.people.models import AccessReview, AccessReviewLine
from keyconsole.refusal_codes import Code
from keyconsole.refusals import Reason, Refused

LINE_COLUMNS = (
    "line",
    "person",
    "role",
    "account_id",
    "account",
    "group",
    "given_by",
    "given_at",
    "ends_at",
    "owner",
    "answer",
    "answered_by",
    "answered_at",
    "comment",
)


def end(review: AccessReview, *, by: User, now: datetime, via: str = "page") -> None:
    """Before every line is answered, by an administrator of every account. Raises Refused."""
    refuse_unless_administrator(by)
    with transaction.atomic():
        _close(review, by=by.username, via=via, now=now)


def end_if_answered(review: AccessReview, *, now: datetime) -> bool:
    """With the answer to its last line. In the caller's transaction."""
    if AccessReviewLine.objects.filter(review=review, answer="").exists():
        return False
    _close(review, by=ITSELF, via="every line was answered", now=now)
    return True


def line_rows(review: AccessReview) -> list[dict[str, Any]]:
    """Every line with the same names, as it is exported and hashed."""
    lines = AccessReviewLine.objects.filter(review=review).select_related("person", "owner")
    return [_row(line) for line in lines.order_by("number").iterator(chunk_size=1000)]


def hash_of_lines(review: AccessReview) -> str:
    return sha256_of({"review": review.ref, "lines": line_rows(review)})


def _close(review: AccessReview, *, by: str, via: str, now: datetime) -> None:
    fields: dict[str, Any] = {"ended_at": now, "ended_by": by}
    if AccessReview.objects.filter(pk=review.pk, ended_at=None).update(**fields) != 1:
        raise Refused(Reason(Code.NOT_OPEN, f"{review} has ended."))
    # Nobody answers any more: what is hashed now stays.
    fields["sha256"] = hash_of_lines(review)
    AccessReview.objects.filter(pk=review.pk).update(sha256=fields["sha256"])
    for name, value in fields.items():
        setattr(review, name, value)
    answers = Counter(AccessReviewLine.objects.filter(review=review).values_list("answer", flat=True))
    data = {
        "review": review.ref,
        "lines": answers.total(),
        "confirmed": answers["confirmed"],
        "removed": answers["removed"],
        "gone": answers["gone"],
        "not_answered": answers[""],
        "sha256": review.sha256,
        "via": via,
    }
    record(Event.ACCESS_REVIEW_ENDED, actor=by, subject=review.ref, now=now, data=data)


def _row(line: AccessReviewLine) -> dict[str, Any]:
    return {
        "line": line.number,
        "person": line.person.username,
        "role": line.role,
        "account_id": line.account_id,
        "account": line.account_name,
        "group": line.group,
        "given_by": line.given_by,
        "given_at": line.given_at.isoformat(),
        "ends_at": line.ends_at.isoformat() if line.ends_at else "",
        "owner": line.owner.username if line.owner else "",
        "answer": line.answer or "not answered",
        "answered_by": line.answered_by,
        "answered_at": line.answered_at.isoformat() if line.answered_at else "",
        "comment": line.comment,
    }
