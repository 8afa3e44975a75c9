"""Starting an access review: each role and membership given by hand becomes a line with an owner."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.db.models import Max

from keyconsole.audit.events import Event
from keyconsole.audit.log import record
from keyconsole.aws_accounts.models import RoleGrant
from keyconsole.aws_accounts.roles import Permission, roles_that_allow
from keyconsole.people.access_review.notifications import ask_owners
from keyconsole.people.administrators import refuse_unless_administrator
from keyconsole.people.models import AccessReview, AccessReviewLine, Membership
from keyconsole.refusal_codes import Code
from keyconsole.refusals import Reason, Refused
from keyconsole.text import clean_comment

EVERYWHERE = 0


def start(*, due_at: datetime, why: str, by: User, now: datetime, via: str = "page") -> AccessReview:
    """Raises Refused. What is given afterwards is not in it."""
    why = clean_comment(why)
    refuse_unless_administrator(by)
    if due_at <= now:
        raise Refused(Reason(Code.TIME_PASSED, "The day on which it is due has passed."))
    lines = _lines()
    if not lines:
        sentence = "Nobody holds a role or is in a group by hand: there is nothing to review."
        raise Refused(Reason(Code.NOTHING_NEW, sentence))
    try:
        with transaction.atomic():
            review = _stored(lines, due_at=due_at, why=why, by=by, now=now)
            owners = Counter(line.owner_id for line in lines)
            data = {
                "review": review.ref,
                "due_at": due_at.isoformat(),
                "lines": len(lines),
                "without_owner": owners[None],
                "why": why,
                "via": via,
            }
            record(Event.ACCESS_REVIEW_STARTED, actor=by.username, subject=review.ref, now=now, data=data)
            ask_owners(review, now=now)
    except IntegrityError:
        raise Refused(Reason(Code.LOST_RACE, "Another review was started at this moment.")) from None
    return review


def _stored(
    lines: list[AccessReviewLine], *, due_at: datetime, why: str, by: User, now: datetime
) -> AccessReview:
    if AccessReview.objects.filter(ended_at=None).exists():
        raise Refused(Reason(Code.NOTHING_NEW, "An access review is open already: end that one first."))
    last = AccessReview.objects.aggregate(last=Max("number"))["last"] or 0
    review = AccessReview.objects.create(
        number=last + 1, started_by=by.username, started_at=now, due_at=due_at, why=why
    )
    for number, line in enumerate(lines, start=1):
        line.review, line.number = review, number
    AccessReviewLine.objects.bulk_create(lines, batch_size=500)
    return review


def _lines() -> list[AccessReviewLine]:
    """Owners are shared out: of those who could be asked, the one with the fewest lines."""
    administrators, load = _administrators(), Counter[int]()
    lines = [*_of_grants(), *_of_memberships()]
    for line, account in lines:
        candidates = administrators.get(account, set()) - {line.person_id}
        candidates = candidates or administrators.get(EVERYWHERE, set()) - {line.person_id}
        if candidates:
            owner = min(candidates, key=lambda pk: (load[pk], pk))
            load[owner] += 1
            line.owner_id = owner
    return [line for line, _ in lines]


def _of_grants() -> Iterable[tuple[AccessReviewLine, int]]:
    grants = RoleGrant.objects.in_force().filter(sso_group="").select_related("account", "person")
    for held in grants.order_by("person__username", "role", "account__account_id"):
        account = held.account
        line = AccessReviewLine(
            person=held.person,
            role=held.role,
            account_id=account.account_id if account else "",
            account_name=account.name if account else "",
            given_by=held.granted_by,
            given_at=held.granted_at,
            ends_at=held.ends_at,
        )
        yield line, account.pk if account else EVERYWHERE


def _of_memberships() -> Iterable[tuple[AccessReviewLine, int]]:
    held = Membership.objects.filter(sso_group="").select_related("group", "person")
    for each in held.order_by("person__username", "group__name"):
        line = AccessReviewLine(
            person=each.person, group=each.group.name, given_by=each.joined_by, given_at=each.joined_at
        )
        yield line, EVERYWHERE


def _administrators() -> dict[int, set[int]]:
    """By account: the primary keys of those who administer it and can sign in."""
    roles = roles_that_allow(Permission.ADMINISTER)
    held = RoleGrant.objects.in_force().filter(role__in=roles, person__is_active=True)
    found: dict[int, set[int]] = {}
    for account, person in held.values_list("account__pk", "person__pk"):
        found.setdefault(account or EVERYWHERE, set()).add(person)
    return found
