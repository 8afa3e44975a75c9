"""When each person was last seen: a click, a sign-in, or a proof at the server's terminal. Polls are none."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.models import User

from keyconsole.people.models import LastSeen


def note_seen(person: User, *, now: datetime) -> None:
    LastSeen.objects.update_or_create(person=person, defaults={"at": now})
