"""Giving roles to people and taking them away, each with its event."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction

from keyconsole.audit import log
from keyconsole.audit.events import Event
from keyconsole.aws_accounts.models import AwsAccount, RoleGrant
from keyconsole.aws_accounts.roles import Role


def grant(person: User, role: Role, account: AwsAccount | None, *, by: str, now: datetime) -> RoleGrant:
    """Give the role in the account, or in all where it is None. Given twice, it is held once."""
    with transaction.atomic():
        held, is_new = RoleGrant.objects.get_or_create(
            person=person,
            role=role.value,
            account=account,
            defaults={"granted_by": by, "granted_at": now},
        )
        if is_new:
            _record(Event.ROLE_GRANTED, person, role, account, by=by, now=now)
    return held


def revoke(person: User, role: Role, account: AwsAccount | None, *, by: str, now: datetime) -> bool:
    """Take the role away there; False where the person did not hold it there."""
    with transaction.atomic():
        taken, _ = RoleGrant.objects.filter(person=person, role=role.value, account=account).delete()
        if taken:
            _record(Event.ROLE_REVOKED, person, role, account, by=by, now=now)
    return bool(taken)


def _record(
    event: Event, person: User, role: Role, account: AwsAccount | None, *, by: str, now: datetime
) -> None:
    where = account.account_id if account else ""
    log.record(
        event,
        actor=by,
        subject=person.username,
        account_id=where,
        now=now,
        data={"role": role.value, "account": where or "all"},
    )
