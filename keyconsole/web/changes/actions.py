"""What people can do with a change, each with its form, its verdict and its words.

The change's page shows them beside each other; `views/approvals.py` does them one by one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.utils import timezone

from keyconsole.changes.approvals import decide
from keyconsole.changes.authorization import (
    Verdict,
    may_approve,
    may_cancel,
    may_comment,
    may_reject,
    may_run,
    may_withdraw,
)
from keyconsole.changes.models import Change, Rejection, Review
from keyconsole.changes.requests import break_glass, request
from keyconsole.web.changes import forms as action_forms

Typed = Mapping[str, Any]
# The same words by the same person within this time are one comment.
SENT_TWICE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Action:
    """`verb` is the last word of the path and of the URL's name; texts may hold {change.ref}."""

    verb: str
    title: str
    explains: str
    button: str
    done: str
    form: type[forms.Form]
    may: Callable[[User, Change, datetime], Verdict]
    do: Callable[[Change, User, Typed, datetime], None]
    style: str = ""
    # Whether this very thing was done by this person already: a form sent twice then is no refusal.
    stands: Callable[[Change, User, Typed], bool] = lambda *_: False

    @property
    def url_name(self) -> str:
        return f"change-{self.verb}"

    def form_for(self, change: Change, typed: Any = None) -> forms.Form:
        """Ids carry the verb: several of these forms stand on one page."""
        return self.form(typed, auto_id=f"id_{self.verb}_%s", initial={"plan_sha256": change.plan_sha256})


def _approve(change: Change, person: User, typed: Typed, now: datetime) -> None:
    agreed = {"plan_sha256": typed["plan_sha256"], "comment": typed["comment"]}
    decide.approve(change, by=person, now=now, **agreed)


def _reject(change: Change, person: User, typed: Typed, now: datetime) -> None:
    decide.reject(change, by=person, reason=typed["reason"], now=now)


def _withdraw(change: Change, person: User, _typed: Typed, now: datetime) -> None:
    decide.withdraw(change, by=person, now=now)


def _comment(change: Change, person: User, typed: Typed, now: datetime) -> None:
    same = change.comments.filter(author=person, text=typed["text"], written_at__gt=now - SENT_TWICE)
    if not same.exists():
        decide.comment(change, by=person, text=typed["text"], now=now)


def _run(change: Change, person: User, typed: Typed, now: datetime) -> None:
    decide.run(change, by=person, run_at=typed["run_at"], now=now)


def _cancel(change: Change, person: User, typed: Typed, now: datetime) -> None:
    request.cancel(change, by=person, reason=typed["reason"], now=now)


def _review(change: Change, person: User, typed: Typed, now: datetime) -> None:
    was_right = typed["was_right"] == action_forms.RIGHT
    break_glass.review(change, by=person, was_right=was_right, comment=typed["comment"], now=now)


def _has_approved(change: Change, person: User, typed: Typed) -> bool:
    standing = change.approvals.standing()
    return standing.filter(approver=person, plan_sha256=typed["plan_sha256"]).exists()


def _has_rejected(change: Change, person: User, _typed: Typed) -> bool:
    return Rejection.objects.filter(change=change, rejecter=person).exists()


def _has_reviewed(change: Change, person: User, typed: Typed) -> bool:
    given = Review.objects.filter(change=change, reviewer=person)
    return given.filter(was_right=typed["was_right"] == action_forms.RIGHT).exists()


def _is_to_run(change: Change, _person: User, typed: Typed) -> bool:
    return typed["run_at"] is None and change.run_at is not None and change.run_at <= timezone.now()


APPROVE = Action(
    verb="approve",
    title="Approve {change.ref}",
    explains="You agree to exactly this plan, by its SHA-256. What runs is this plan or nothing.",
    button="Approve this plan",
    done="You approved {change.ref}.",
    form=action_forms.ApproveForm,
    may=lambda person, change, now: may_approve(person, change, now=now),
    do=_approve,
    stands=_has_approved,
    style="primary",
)
REJECT = Action(
    verb="reject",
    title="Reject {change.ref}",
    explains="One no with its reason ends this request, whoever approved it. A new one can be asked for.",
    button="Reject {change.ref}",
    done="{change.ref} is rejected. Nothing was sent to AWS.",
    form=action_forms.RejectForm,
    may=lambda person, change, now: may_reject(person, change, now=now),
    do=_reject,
    stands=_has_rejected,
    style="danger",
)
WITHDRAW = Action(
    verb="withdraw",
    title="Take back your approval of {change.ref}",
    explains="It stays in the record as taken back. You may approve again while the request waits.",
    button="Take my approval back",
    done="Your approval of {change.ref} is taken back.",
    form=action_forms.WithdrawForm,
    may=lambda person, change, now: may_withdraw(person, change),  # noqa: ARG005 - all actions are asked alike
    do=_withdraw,
)
COMMENT = Action(
    verb="comment",
    title="Comment on {change.ref}",
    explains="Everybody who sees this change reads it. It resets nothing.",
    button="Comment",
    done="Your comment stands on {change.ref}.",
    form=action_forms.CommentForm,
    may=lambda person, change, now: may_comment(person, change),  # noqa: ARG005 - all actions are asked alike
    do=_comment,
)
RUN = Action(
    verb="run",
    title="Run {change.ref}",
    explains="A worker reads the key in every Region, compares it with the plan, and calls AWS once.",
    button="Run {change.ref}",
    done="{change.ref} will run.",
    form=action_forms.RunForm,
    may=lambda person, change, now: may_run(person, change, now=now),
    do=_run,
    stands=_is_to_run,
    style="primary",
)
CANCEL = Action(
    verb="cancel",
    title="Cancel {change.ref}",
    explains="Nothing has been sent to AWS for this change. Cancelled, it stays in the list of closed "
    "changes and can not be taken up again; ask for a new one instead.",
    button="Cancel {change.ref}",
    done="{change.ref} is cancelled. Nothing was sent to AWS.",
    form=action_forms.CancelForm,
    may=lambda person, change, now: may_cancel(person, change),  # noqa: ARG005 - all actions are asked alike
    do=_cancel,
    style="danger",
)
REVIEW = Action(
    verb="review",
    title="Review the emergency {change.ref}",
    explains="You judge afterwards whether it was right to run without approval. The record keeps it.",
    button="Give this review",
    done="{change.ref} is reviewed.",
    form=action_forms.ReviewForm,
    may=lambda person, change, now: break_glass.may_review(person, change),  # noqa: ARG005 - asked alike
    do=_review,
    stands=_has_reviewed,
    style="primary",
)
