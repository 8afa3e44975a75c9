"""The sessions of people: which live, where they were begun, and ending them.

A row of the sign-in library names each; what lives is Django's own session. Both go together: who ends one
here ends it in every process, at its next request.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from keyconsole.audit.events import Event
from keyconsole.audit.log import record
from keyconsole.people.user_agents import browser_words

# The column takes no empty address; this one is nobody's.
NO_ADDRESS = "0.0.0.0"  # noqa: S104 # nosec B104 - nothing is bound to it
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class LiveSession:
    """One session that would be let in by the next click."""

    row: UserSession
    is_current: bool

    @property
    def number(self) -> int:
        return int(self.row.pk)

    @property
    def browser(self) -> str:
        return browser_words(self.row.user_agent)

    @property
    def address(self) -> str:
        return "" if self.row.ip == NO_ADDRESS else str(self.row.ip)


def begin(person: User, *, key: str, address: str, user_agent: str, now: datetime) -> None:
    """At the sign-in, in the request that made the session."""
    UserSession.objects.update_or_create(
        session_key=key,
        defaults={
            "user": person,
            "ip": address or NO_ADDRESS,
            "user_agent": _kept(user_agent),
            "created_at": now,
            "last_seen_at": now,
        },
    )


def seen(key: str, *, address: str, user_agent: str, now: datetime) -> None:
    """At a click, at most once a minute. A poll is none."""
    UserSession.objects.filter(session_key=key).update(
        ip=address or NO_ADDRESS, user_agent=_kept(user_agent), last_seen_at=now
    )


def rename(old: str, new: str) -> None:
    """The same session under another key; the row that the library may have made for it goes."""
    with transaction.atomic():
        if UserSession.objects.filter(session_key=old).exists():
            UserSession.objects.filter(session_key=new).delete()
            UserSession.objects.filter(session_key=old).update(session_key=new)


def live_sessions_of(person: User, *, now: datetime, current_key: str = "") -> list[LiveSession]:
    """The latest first."""
    rows = _live(now).filter(user=person).order_by("-last_seen_at", "-pk")
    return [LiveSession(row, bool(current_key) and row.session_key == current_key) for row in rows]


def live_counts(people: Iterable[User], *, now: datetime) -> Counter[int]:
    """By the primary keys of the people, in one query."""
    rows = _live(now).filter(user__in=[person.pk for person in people])
    return Counter(rows.values_list("user", flat=True))


def end_session(person: User, number: int, *, by: str, now: datetime) -> bool:
    """False where the person has no such session any more. Its next request is signed out."""
    with transaction.atomic():
        rows = UserSession.objects.filter(user=person, pk=number)
        if not _ended(rows, now=now):
            return False
        record(Event.SESSION_ENDED, actor=by, subject=person.username, now=now, data={"sessions_ended": 1})
    return True


def end_sessions(person: User, *, by: str, now: datetime, but: str = "") -> int:
    """All of a person's, with one event; `but` is the key of one that goes on. How many lived."""
    with transaction.atomic():
        ended = drop_sessions(person, now=now, but=but)
        if ended:
            data = {"sessions_ended": ended}
            record(Event.SESSION_ENDED, actor=by, subject=person.username, now=now, data=data)
    return ended


def drop_sessions(person: User, *, now: datetime, but: str = "") -> int:
    """As `end_sessions`, for a verb whose own event tells how many there were."""
    return _ended(UserSession.objects.filter(user=person).exclude(session_key=but), now=now)


def forget_ended_sessions() -> None:
    """Rows whose session is gone: timed out, signed out, or made anew under another key."""
    there = Session.objects.filter(session_key=OuterRef("session_key"))
    UserSession.objects.filter(~Exists(there)).delete()


def _ended(rows: QuerySet[UserSession], *, now: datetime) -> int:
    living = set(_live(now).filter(pk__in=rows.values("pk")).values_list("session_key", flat=True))
    keys = list(rows.values_list("session_key", flat=True))
    for some in _portions(keys):
        Session.objects.filter(session_key__in=some).delete()
        UserSession.objects.filter(session_key__in=some).delete()
    return len(living)


def _live(now: datetime) -> QuerySet[UserSession]:
    """As the middleware counts: a click not long ago, a sign-in not too long ago, and Django's row."""
    idle = now - timedelta(minutes=settings.KEYCONSOLE_IDLE_MINUTES)
    oldest = now - timedelta(hours=settings.KEYCONSOLE_SESSION_HOURS)
    there = Session.objects.filter(session_key=OuterRef("session_key"), expire_date__gt=now)
    rows: QuerySet[UserSession] = UserSession.objects.filter(last_seen_at__gt=idle, created_at__gt=oldest)
    return rows.filter(Exists(there))


def _kept(user_agent: str) -> str:
    """What the column holds of it."""
    field = UserSession._meta.get_field("user_agent")  # noqa: SLF001 - Django's documented API
    return user_agent[: field.max_length]


def _portions(keys: list[str]) -> Iterable[Collection[str]]:
    return (keys[first : first + _AT_ONCE] for first in range(0, len(keys), _AT_ONCE))
