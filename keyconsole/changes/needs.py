"""Which open changes a person could bring on now, by the same verdicts as the verbs themselves."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.models import User

from keyconsole.aws_accounts.permissions import accounts_where
from keyconsole.aws_accounts.roles import Permission
from keyconsole.changes.emergency import may_review
from keyconsole.changes.models import Change
from keyconsole.changes.policy import may_approve, may_run
from keyconsole.changes.states import State


def needed_by(person: User, *, now: datetime) -> list[Change]:
    """Changes to vote on, to run, or whose emergency to review; the newest first."""
    visible = Change.objects.visible_in(accounts_where(person, Permission.VIEW)).newest_first()
    visible = visible.select_related("key__account", "requester")
    waiting = visible.filter(state__in=[State.PENDING, State.APPROVED]) | visible.filter(
        review__reviewed_at=None, is_emergency=True
    )
    return [change for change in waiting if _can_bring_on(person, change, now=now)]


def _can_bring_on(person: User, change: Change, *, now: datetime) -> bool:
    if change.is_emergency:
        return may_review(person, change).allowed
    if change.state == State.PENDING:
        return may_approve(person, change, now=now).allowed
    return change.run_at is None and may_run(person, change, now=now).allowed
