"""What owners hear of an access review: its start, that it is due, and that it is overdue."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.db import transaction

from keyconsole.aws_accounts.permissions import people_who_can
from keyconsole.aws_accounts.roles import Permission
from keyconsole.notifications.announce import announce
from keyconsole.notifications.topics import Topic
from keyconsole.people.models import AccessReview, AccessReviewLine

SOON = timedelta(days=3)
AGAIN_AFTER = timedelta(days=1)


def path_of(review: AccessReview) -> str:
    return f"/access-review/{review.ref}/"


def ask_owners(review: AccessReview, *, now: datetime) -> None:
    """In the transaction that starts it."""
    announce(
        Topic.ACCESS_REVIEW_NEEDS_YOU,
        subject=f"{review}: confirm or remove roles and memberships by {review.due_at:%Y-%m-%d}",
        body="\n\n".join(
            filter(
                None,
                [
                    f"{review.started_by} started the access review {review}. You own lines of it.",
                    review.why,
                    f"It is due on {review.due_at:%Y-%m-%d at %H:%M} UTC.",
                ],
            )
        ),
        data={"review": review.ref},
        people=_owners_waited_for(review),
        path=path_of(review),
        now=now,
    )


def remind_of_access_reviews(*, now: datetime) -> None:
    """Once a day from three days before the due date on, until it ends. A worker's sweep calls it."""
    for review in AccessReview.objects.filter(ended_at=None, due_at__lte=now + SOON):
        waiting = AccessReviewLine.objects.filter(review=review, answer="").count()
        if waiting:
            with transaction.atomic():
                _remind(review, waiting=waiting, now=now)


def _remind(review: AccessReview, *, waiting: int, now: datetime) -> None:
    overdue = now >= review.due_at
    lines = f"{waiting} line{'' if waiting == 1 else 's'}"
    stands = "is overdue" if overdue else "is due soon"
    people = _owners_waited_for(review)
    if overdue:
        people = [*people, *people_who_can(Permission.ADMINISTER, None)]
    announce(
        Topic.ACCESS_REVIEW_DUE,
        subject=f"{review} {stands}: {lines} not answered",
        body=(
            f"{review} {stands}: {review.due_at:%Y-%m-%d at %H:%M} UTC. {lines.capitalize()} of it "
            f"{'waits' if waiting == 1 else 'wait'} to be confirmed or removed."
        ),
        data={"review": review.ref, "not_answered": waiting, "overdue": overdue},
        people=people,
        path=path_of(review),
        dedupe_key=f"{Topic.ACCESS_REVIEW_DUE}:{review.ref}:{'overdue' if overdue else 'soon'}",
        again_after=AGAIN_AFTER,
        now=now,
    )


def _owners_waited_for(review: AccessReview) -> list[User]:
    lines = AccessReviewLine.objects.filter(review=review, answer="").exclude(owner=None)
    return list(User.objects.filter(pk__in=lines.values("owner"), is_active=True))
