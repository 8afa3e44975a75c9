"""What happens when the record turns out not to be what was signed of it: it is told, and nothing moves."""

from __future__ import annotations

import socket
from datetime import datetime

from django.db import IntegrityError, transaction

from keyconsole.audit.events import Event
from keyconsole.audit.log import ITSELF, record
from keyconsole.aws_accounts.permissions import people_who_can
from keyconsole.aws_accounts.roles import Permission
from keyconsole.notifications.announce import announce
from keyconsole.notifications.topics import Topic
from keyconsole.policies.schedule.freeze import freeze_by_itself


def alarm(problem: str, *, found_by: str, now: datetime) -> None:
    """Once for each finding."""
    with transaction.atomic():
        data = {"what": problem, "found_by": found_by, "host": socket.gethostname()}
        record(Event.RECORD_BROKEN, actor=ITSELF, subject="record", now=now, data=data)
        announce(
            Topic.RECORD_BROKEN,
            subject="The record is not what was signed of it",
            body=f"{problem} No checkpoint is signed over it, and everything is frozen until people look.",
            data=data,
            now=now,
            people=people_who_can(Permission.ADMINISTER, None),
            path="/audit/",
        )
    try:
        freeze_by_itself(why=f"The record does not hold: {problem}", now=now)
    except IntegrityError:
        return  # somebody froze everything at this moment
