"""Groups of approvers, such as platform and security: joining and leaving, each with its event.

A group alone lets nobody approve: its people also need the approver role in the account.
"""

from __future__ import annotations

import re
from datetime import datetime

from django.contrib.auth.models import Group, User
from django.db import transaction

from keyconsole.audit import log
from keyconsole.audit.events import Event
from keyconsole.refusal_codes import Code
from keyconsole.refusals import Reason, Refused

_NAME = re.compile(r"[\w][\w .&+-]{0,59}")


def join(person: User, group_name: str, *, by: str, now: datetime) -> bool:
    """Make the group where it is new; False where the person already was in it. Raises Refused."""
    name = _clean(group_name)
    if not person.is_active:
        sentence = f"{person.username} can no longer sign in, and joins no group."
        raise Refused(Reason(Code.PERSON_DISABLED, sentence))
    with transaction.atomic():
        group, _ = Group.objects.get_or_create(name=name)
        _, is_new = User.groups.through.objects.get_or_create(user=person, group=group)
        if is_new:
            _record(Event.GROUP_JOINED, person, name, by=by, now=now)
    return is_new


def leave(person: User, group_name: str, *, by: str, now: datetime) -> bool:
    """False where the person was not in it. Policies that now lack people are flagged, not changed."""
    name = _clean(group_name)
    with transaction.atomic():
        left, _ = User.groups.through.objects.filter(user=person, group__name=name).delete()
        if left:
            _record(Event.GROUP_LEFT, person, name, by=by, now=now)
    return bool(left)


def _clean(name: str) -> str:
    name = name.strip()
    if not _NAME.fullmatch(name):
        sentence = "A group's name has 1 to 60 letters, digits, spaces and _.&+- and begins with a letter."
        raise Refused(Reason(Code.GROUP_NAME_INVALID, sentence))
    return name


def _record(event: Event, person: User, group: str, *, by: str, now: datetime) -> None:
    log.record(event, actor=by, subject=person.username, now=now, data={"group": group})
