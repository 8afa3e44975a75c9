"""Somebody hears at once what became of their second factors: if it was not them, they know it then."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.contrib.auth.models import User

from keyconsole.notifications.announce import announce
from keyconsole.notifications.topics import Topic

PATH = "/me/factors/"
IF_NOT_YOU = "If that was not you, change your password now and tell an administrator."


def tell(person: User, what: str, more: str = "", *, now: datetime) -> None:
    announce(
        Topic.PERSON_FACTORS_CHANGED,
        subject=f"{what}: {person.username}",
        body=" ".join(filter(None, [f"{what} ({person.username}).", more, IF_NOT_YOU])),
        data={"person": person.username, "what": what},
        people=[person],
        path=PATH,
        now=now,
    )


def tell_of_reset(
    person: User, removed: Iterable[str], *, by: str, administrators: Iterable[User], now: datetime
) -> None:
    subject = f"The second factors of {person.username} were reset at the server's terminal"
    announce(
        Topic.PERSON_FACTORS_RESET,
        subject=subject,
        body=f"{subject}, by {by}: {', '.join(removed)}. Their sessions ended. If nobody asked for that, "
        f"disable {person.username} and find out who has a shell on the server.",
        data={"person": person.username, "by": by},
        people=[person, *administrators],
        path=PATH,
        now=now,
    )
