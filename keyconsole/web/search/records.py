"""Changes, batches, proposals of access and access reviews by their references, tickets and reasons."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.http import urlencode

from keyconsole.aws_accounts.models import AwsAccount
from keyconsole.aws_accounts.permissions import can_somewhere
from keyconsole.aws_accounts.roles import Permission
from keyconsole.changes.models import Batch, Change
from keyconsole.people.dual_control.sight import proposals_seen_by
from keyconsole.people.models import AccessReview
from keyconsole.web.search.hits import SHOWN, Hit, Hits, rest_of
from keyconsole.web.search.term import Term
from keyconsole.web.statuses import ACCESS_STATES, CHANGE_STATES, style


def changes(accounts: QuerySet[AwsAccount], term: Term, exactly: bool) -> Hits:
    found = Change.objects.visible_in(accounts).select_related("key__account", "requester").newest_first()
    if exactly:
        found = found.filter(number=term.change) if term.change else found.none()
    else:
        found = found.none() if term.names_a_key else found.filter(_asked_with(term))
    rows = list(found[:SHOWN])
    url = f"{reverse('changes')}?{urlencode({'q': term.text, 'tab': 'closed'})}"
    return Hits("Changes", "changes", [_change(change) for change in rows], rest_of(found, rows), url)


def batches(accounts: QuerySet[AwsAccount], term: Term, exactly: bool) -> Hits:
    found = Batch.objects.visible_in(accounts).select_related("requester").order_by("-number")
    if exactly:
        found = found.filter(number=term.batch) if term.batch else found.none()
    else:
        found = found.none() if term.names_a_key else found.filter(_asked_with(term))
    rows = list(found[:SHOWN])
    hits = [
        Hit(batch.ref, batch.get_absolute_url(), (f"asked by {batch.requester}",), batch.ref)
        for batch in rows
    ]
    return Hits("Batches", "changes", hits, rest_of(found, rows), reverse("batches"))


def access(person: User, term: Term, _exactly: bool) -> Hits:
    """By its reference alone: what a proposal says stands on its page."""
    named = proposals_seen_by(person).filter(number=term.access) if term.access else ()
    hits = [
        Hit(
            f"{each.ref}: {each.says}",
            reverse("proposal", args=[each.ref]),
            (style(ACCESS_STATES, each.state).word.lower(),),
            each.ref,
        )
        for each in named
    ]
    return Hits("Proposals of access", "people", hits)


def reviews(person: User, term: Term, _exactly: bool) -> Hits:
    may_read = bool(term.review) and can_somewhere(person, Permission.READ_AUDIT)
    named = AccessReview.objects.filter(number=term.review) if may_read else ()
    hits = [
        Hit(
            review.ref,
            reverse("access-review-campaign", args=[review.ref]),
            ("ended" if review.ended_at else "open",),
            review.ref,
        )
        for review in named
    ]
    return Hits("Access reviews", "people", hits)


def _change(change: Change) -> Hit:
    state = style(CHANGE_STATES, change.state).word.lower()
    return Hit(
        f"{change.ref}: {change.key.name} to {change.to_region}",
        change.get_absolute_url(),
        (state, change.key.account.name, f"asked by {change.requester}"),
        change.ref,
    )


def _asked_with(term: Term) -> Q:
    """Each word in the ticket or the reason."""
    found = Q()
    for word in term.text.split():
        found &= Q(ticket__icontains=word) | Q(reason__icontains=word)
    return found
