"""Groups of approvers, such as platform and security: joining and leaving, each with its event.

A group alone lets nobody approve: its people also need the approver role in the account. Who may put somebody
into a group is asked above.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.contrib.auth.models import Group, User
from django.db import transaction
from django.db.models import QuerySet

from keyconsole.audit import log
from keyconsole.audit.events import Event
from keyconsole.people.models import Membership
from keyconsole.refusal_codes import Code
from keyconsole.refusals import Reason, Refused

_NAME = re.compile(r"[\w][\w .&+-]{0,59}")


def join(
    person: User,
    group_name: str,
    *,
    by: str,
    now: datetime,
    sso_group: str = "",
    evidence: Mapping[str, Any] | None = None,
) -> bool:
    """Make the group where it is new; False where the person already was in it in that way. Raises Refused.

    `sso_group`: the group of their single sign-on that is mapped to this one; empty: by hand. `evidence`:
    what the record adds, such as the proposal it was.
    """
    name = clean_group_name(group_name)
    if not person.is_active:
        sentence = f"{person.username} can no longer sign in, and joins no group."
        raise Refused(Reason(Code.PERSON_DISABLED, sentence))
    with transaction.atomic():
        group, _ = Group.objects.get_or_create(name=name)
        _, is_new = Membership.objects.get_or_create(
            person=person, group=group, sso_group=sso_group, defaults={"joined_by": by, "joined_at": now}
        )
        if is_new:
            _record(Event.GROUP_JOINED, person, name, sso_group, by=by, now=now, evidence=evidence)
    return is_new


def leave(
    person: User,
    group_name: str,
    *,
    by: str,
    now: datetime,
    sso_group: str = "",
    evidence: Mapping[str, Any] | None = None,
) -> bool:
    """False where the person was not in it in that way. Policies that now lack people are flagged."""
    name = clean_group_name(group_name)
    held = Membership.objects.filter(person=person, group__name=name, sso_group=sso_group)
    with transaction.atomic():
        left, _ = held.delete()
        if left:
            _record(Event.GROUP_LEFT, person, name, sso_group, by=by, now=now, evidence=evidence)
    return bool(left)


def group_names_of(person: User) -> QuerySet[Group, str]:
    """The names of the groups that the person is in, in whichever way."""
    return Group.objects.filter(memberships__person=person).order_by().values_list("name", flat=True)


def is_in_group(person: User, group_name: str) -> bool:
    return Membership.objects.filter(person=person, group__name=group_name).exists()


def clean_group_name(name: str) -> str:
    """Raises Refused."""
    name = name.strip()
    if not _NAME.fullmatch(name):
        sentence = "A group's name has 1 to 60 letters, digits, spaces and _.&+- and begins with a letter."
        raise Refused(Reason(Code.GROUP_NAME_INVALID, sentence))
    return name


def told(
    event: Event,
    username: str,
    group: str,
    sso_group: str,
    *,
    by: str,
    evidence: Mapping[str, Any] | None = None,
) -> log.Happened:
    """What the record says of a group that was joined or left."""
    data = {"group": group, **(evidence or {})} | ({"sso_group": sso_group} if sso_group else {})
    return log.Happened(event=event, actor=by, subject=username, data=data)


def _record(
    event: Event,
    person: User,
    group: str,
    sso_group: str,
    *,
    by: str,
    now: datetime,
    evidence: Mapping[str, Any] | None = None,
) -> None:
    told_of = told(event, person.username, group, sso_group, by=by, evidence=evidence)
    log.record_all([told_of], now=now)
