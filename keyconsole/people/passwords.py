"""A new password for a person, given by the server's operator: recorded, and their sessions end with it."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from keyconsole.audit.events import Event
from keyconsole.audit.log import record
from keyconsole.aws_accounts.told import path_of_record, tell_of_power
from keyconsole.people.dual_control.kinds.enable_person import power_of
from keyconsole.people.sessions import drop_sessions
from keyconsole.refusals import Invalid
from keyconsole.text import listed


def change_password(person: User, password: str, *, by: str, now: datetime) -> int:
    """How many sessions it ended; raises Invalid where the password is too weak."""
    try:
        validate_password(password, person)
    except ValidationError as error:
        raise Invalid({"password": " ".join(error.messages)}) from None
    with transaction.atomic():
        person.set_password(password)
        person.save(update_fields=["password"])
        ended = drop_sessions(person, now=now)
        data = {"sessions_ended": ended}
        if power := power_of(person):
            says = f"give {person.username}, who holds {listed(power)}, a new password"
            tell_of_power(says, by=by, path=path_of_record(person.username), now=now)
        record(Event.PERSON_PASSWORD_CHANGED, actor=by, subject=person.username, now=now, data=data)
    return ended
