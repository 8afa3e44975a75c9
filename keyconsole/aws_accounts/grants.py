"""Giving roles to people and taking them away, each with its event. Who may do that is asked above."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction

from keyconsole.audit import log
from keyconsole.audit.events import Event
from keyconsole.aws_accounts.models import AwsAccount, RoleGrant
from keyconsole.aws_accounts.roles import Role


def grant(
    person: User,
    role: Role,
    account: AwsAccount | None,
    *,
    by: str,
    now: datetime,
    ends_at: datetime | None = None,
    sso_group: str = "",
    evidence: Mapping[str, str] | None = None,
) -> RoleGrant:
    """Give the role in the account, or in all where it is None. Given twice, it is held once.

    Given again with another end, it ends then. `evidence`: what the record adds, such as the proposal it was.
    """
    with transaction.atomic():
        held, is_new = RoleGrant.objects.get_or_create(
            person=person,
            role=role.value,
            account=account,
            sso_group=sso_group,
            defaults={"granted_by": by, "granted_at": now, "ends_at": ends_at},
        )
        if not is_new and held.ends_at != ends_at:
            held.granted_by, held.granted_at, held.ends_at = by, now, ends_at
            held.save(update_fields=["granted_by", "granted_at", "ends_at"])
            is_new = True
        if is_new:
            _record(Event.ROLE_GRANTED, held, by=by, now=now, evidence=evidence)
    return held


def revoke(
    person: User,
    role: Role,
    account: AwsAccount | None,
    *,
    by: str,
    now: datetime,
    sso_group: str = "",
    evidence: Mapping[str, str] | None = None,
) -> bool:
    """Take the role away there; False where the person did not hold it there in that way."""
    held = RoleGrant.objects.filter(person=person, role=role.value, account=account, sso_group=sso_group)
    with transaction.atomic():
        found = held.select_related("person", "account").select_for_update(of=("self",)).first()
        if found is None or not held.delete()[0]:
            return False
        _record(Event.ROLE_REVOKED, found, by=by, now=now, evidence=evidence)
    return True


def end_grants_that_are_over(*, now: datetime) -> int:
    """Grants whose end has come count no more already; here they go, each with its event."""
    over = RoleGrant.objects.filter(ends_at__lte=now).select_related("person", "account")
    ended = 0
    for held in over:
        with transaction.atomic():
            if RoleGrant.objects.filter(pk=held.pk, ends_at=held.ends_at).delete()[0]:
                _record(Event.ROLE_REVOKED, held, by=log.ITSELF, now=now)
                ended += 1
    return ended


def told(
    event: Event, held: RoleGrant, *, by: str, evidence: Mapping[str, str] | None = None
) -> log.Happened:
    """What the record says of a role that was given or taken."""
    where = held.account.account_id if held.account else ""
    data = {"role": held.role, "account": where or "all", **(evidence or {})}
    if held.ends_at:
        data["ends_at"] = held.ends_at.isoformat()
    if held.sso_group:
        data["sso_group"] = held.sso_group
    return log.Happened(event=event, actor=by, subject=held.person.username, account_id=where, data=data)


def _record(
    event: Event, held: RoleGrant, *, by: str, now: datetime, evidence: Mapping[str, str] | None = None
) -> None:
    log.record_all([told(event, held, by=by, evidence=evidence)], now=now)
