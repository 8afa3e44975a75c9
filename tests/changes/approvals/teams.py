"""What tests of approvals share: the two teams of payments, and how a person agrees."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User

from keyconsole.aws_accounts.models import RoleGrant
from keyconsole.changes.approvals.deadlines import check_waiting, remind_of_reviews
from keyconsole.changes.approvals.decide import approve
from keyconsole.changes.approvals.run_gate import RunDecision, gate
from keyconsole.changes.execution import execute
from keyconsole.changes.models import Change
from keyconsole.changes.states import State
from keyconsole.lease import take
from keyconsole.people import groups
from keyconsole.policies.document.rules import Rule, Rules, Selector
from keyconsole.policies.models import PolicyVersion
from keyconsole.policies.quorum.requirements import Requirement
from keyconsole.refusals import Lost
from tests.cast import NOW, Cast, hold

WAITING = [State.PENDING, State.APPROVED]
ONE_OF_EACH = (Requirement("platform", 1), Requirement("security", 1))


def join(group: str, *people: User) -> None:
    for person in people:
        groups.join(person, group, by="ada", now=NOW)


def give(person: User, role: str) -> None:
    RoleGrant.objects.get_or_create(
        person=person, role=role, account=None, defaults={"granted_by": "ada", "granted_at": NOW}
    )


def hold_for_payments(cast: Cast, **over: Any) -> PolicyVersion:
    """Ben is of platform, Bea of security; payments needs one of each."""
    join("platform", cast.ben)
    join("security", cast.bea)
    rules: dict[str, Any] = {
        "name": "payments",
        "rule": Rule.APPROVE,
        "applies_to": Selector(accounts=("111122223333",)),
        "requirements": ONE_OF_EACH,
        **over,
    }
    return hold(Rules(**rules))


def agree(change: Change, *people: User, now: datetime = NOW) -> Change:
    for person in people:
        approve(change, by=person, plan_sha256=change.plan_sha256, now=now)
    return change


def check_everything_that_waits(*, now: datetime) -> None:
    """What workers do for the changes that wait, and for reviews, at that moment."""
    for change in Change.objects.select_related("key__account", "requester", "batch").filter(
        state__in=WAITING
    ):
        with suppress(Lost):
            check_waiting(change, now=now)
    remind_of_reviews(now=now)


def claim(change: Change, *, now: datetime) -> None:
    """A worker takes it, and may do no more; raises Lost where it may not."""
    if not take(change, now=now, lasts=execute.LEASE):
        raise Lost(change.ref)
    execute._claim(change, now=now)
    if change.state != State.EXECUTING:
        raise Lost(change.ref)


def would_run(change: Change, *, now: datetime) -> bool:
    """Whether a worker that comes at that moment finds it due and may run it."""
    change = Change.objects.select_related("key__account", "requester", "batch").get(pk=change.pk)
    due = change.due_at is not None and change.due_at <= now
    return due and change.state == State.APPROVED and gate(change, now=now).decision == RunDecision.RUN
