"""A new password for a person, given by the server's operator: recorded, and their sessions end with it."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth import SESSION_KEY
from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.db import transaction

from keyconsole.audit.events import Event
from keyconsole.audit.log import record
from keyconsole.refusals import Invalid


def change_password(person: User, password: str, *, by: str, now: datetime) -> int:
    """How many sessions it ended; raises Invalid where the password is too weak."""
    try:
        validate_password(password, person)
    except ValidationError as error:
        raise Invalid({"password": " ".join(error.messages)}) from None
    with transaction.atomic():
        person.set_password(password)
        person.save(update_fields=["password"])
        ended = end_sessions(person, now=now)
        data = {"sessions_ended": ended}
        record(Event.PERSON_PASSWORD_CHANGED, actor=by, subject=person.username, now=now, data=data)
    return ended


def end_sessions(person: User, *, now: datetime) -> int:
    """How many it ended. Whose a session is stands inside it alone."""
    live = Session.objects.filter(expire_date__gt=now).iterator()
    theirs = [each.pk for each in live if each.get_decoded().get(SESSION_KEY) == str(person.pk)]
    for first in range(0, len(theirs), 500):
        Session.objects.filter(pk__in=theirs[first : first + 500]).delete()
    return len(theirs)
