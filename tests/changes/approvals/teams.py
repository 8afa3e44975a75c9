"""What tests of approvals share: the two teams of payments, and how a person agrees."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.auth.models import Group, User

from keyconsole.aws_accounts.models import RoleGrant
from keyconsole.changes.approvals.decide import approve
from keyconsole.changes.models import Change
from keyconsole.policies.document.rules import Rule, Rules, Selector
from keyconsole.policies.models import PolicyVersion
from keyconsole.policies.quorum.requirements import Requirement
from tests.cast import NOW, Cast, hold

ONE_OF_EACH = (Requirement("platform", 1), Requirement("security", 1))


def join(group: str, *people: User) -> Group:
    made, _ = Group.objects.get_or_create(name=group)
    made.user_set.add(*people)
    return made


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
        "applies_to": Selector(accounts=("payments",)),
        "requirements": ONE_OF_EACH,
        **over,
    }
    return hold(Rules(**rules))


def agree(change: Change, *people: User, now: datetime = NOW) -> Change:
    for person in people:
        approve(change, by=person, plan_sha256=change.plan_sha256, now=now)
    return change
