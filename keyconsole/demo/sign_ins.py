"""What people did besides asking for changes: signing in, failing to, and taking the record with them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import User

from keyconsole.audit.events import Event
from keyconsole.demo.timeline import Happening, recorded
from keyconsole.people.last_seen import note_seen

# Cleo keeps proof of where each primary was at the end of a quarter, and after yesterday's change.
_EXPORTS_DAYS_AGO = (364.4, 273.4, 182.4, 91.4, 0.9)
_MISTYPED_DAYS_AGO = 1.13


def sign_in(
    username: str,
    *,
    at: datetime,
    event: Event = Event.PERSON_SIGNED_IN,
    proofs: Sequence[str] = ("password",),
) -> Happening:
    data: dict[str, Any] = {"address": f"10.20.{len(username)}.{ord(username[-1])}"}
    if event is Event.PERSON_SIGNED_IN:
        data["proofs"] = list(proofs)
    told = recorded(event, at=at, actor=username, subject=username, data=data)
    if event is not Event.PERSON_SIGNED_IN:
        return told

    def tell(now: datetime) -> object:
        person = User.objects.get(username=username)
        User.objects.filter(pk=person.pk).update(last_login=now)
        note_seen(person, now=now)
        return told.tell(now)

    return Happening(at, tell)


def office_happenings(*, now: datetime) -> Iterator[Happening]:
    for days_ago in _EXPORTS_DAYS_AGO:
        at = now - timedelta(days=days_ago)
        yield sign_in("cleo", at=at)
        yield recorded(
            Event.AUDIT_EXPORTED,
            at=at + timedelta(minutes=3),
            actor="cleo",
            subject="audit",
            data={"what": "primaries", "format": "csv", "as_of": at.isoformat()},
        )
        yield sign_in("cleo", at=at + timedelta(minutes=7), event=Event.PERSON_SIGNED_OUT)
    mistyped = now - timedelta(days=_MISTYPED_DAYS_AGO)
    yield sign_in("dan", at=mistyped, event=Event.PERSON_SIGN_IN_FAILED)
    yield sign_in("dan", at=mistyped + timedelta(seconds=19))
    yield sign_in("dan", at=mistyped + timedelta(minutes=2), event=Event.PERSON_SIGNED_OUT)
