"""What waits for a person. One query that the frame, the overview and the changes page share."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.db.models import Q

from keyconsole.aws_accounts.permissions import accounts_where
from keyconsole.aws_accounts.roles import Permission
from keyconsole.changes.models import Change, ChangeQuerySet
from keyconsole.changes.states import State


def needing(person: User) -> ChangeQuerySet:
    """Others' changes that they may approve, and overdue ones that they asked for or may approve."""
    theirs = Q(key__account__in=accounts_where(person, Permission.APPROVE))
    to_approve = theirs & Q(state=State.PENDING.value) & ~Q(requester=person)
    overdue = (theirs | Q(requester=person)) & Q(overdue_since__isnull=False)
    visible = Change.objects.visible_in(accounts_where(person, Permission.VIEW))
    return visible.open().filter(to_approve | overdue)
