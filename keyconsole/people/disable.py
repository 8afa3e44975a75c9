"""Disabling a person: it takes power away, so one may do it. Nobody is ever deleted."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction

from keyconsole.audit.events import Event
from keyconsole.audit.log import record
from keyconsole.aws_accounts.permissions import people_who_can
from keyconsole.aws_accounts.roles import Permission
from keyconsole.notifications.announce import announce
from keyconsole.notifications.topics import Topic
from keyconsole.people.administrators import (
    refuse_last_administrator,
    refuse_own,
    refuse_unless_administrator,
)
from keyconsole.people.invitations import is_invited
from keyconsole.people.models import Purpose
from keyconsole.people.one_time_link import withdraw_links
from keyconsole.people.sessions import drop_sessions
from keyconsole.people.tokens import end_token
from keyconsole.refusal_codes import Code
from keyconsole.refusals import Reason, Refused
from keyconsole.text import clean_why

WHY_NEEDED = "Say why: it stands in the record."


def disable(person: User, *, why: str, by: User, now: datetime, via: str = "page") -> None:
    """Their sessions, tokens and links end; roles and groups stay listed and count for nothing."""
    why = clean_why(why, needed=WHY_NEEDED)
    refuse_unless_administrator(by)
    refuse_own(person, by, sentence="Nobody disables themselves. Another administrator can.")
    with transaction.atomic():
        refuse_last_administrator(person)
        if not User.objects.filter(pk=person.pk, is_active=True).update(is_active=False):
            raise Refused(_already(person))
        person.is_active = False
        ended = drop_sessions(person, now=now)
        tokens = [
            end_token(token, by=by.username, via=via, now=now)
            for token in person.personal_tokens.filter(ended_at=None)
        ]
        withdraw_links(person, *Purpose, by=by.username, now=now)
        data = {"why": why, "sessions_ended": ended, "tokens_ended": sum(tokens)}
        record(Event.PERSON_DISABLED, actor=by.username, subject=person.username, now=now, data=data)
        tell_administrators(person, "disabled", why=why, by=by.username, now=now)


def tell_administrators(person: User, done: str, *, why: str, by: str, now: datetime) -> None:
    announce(
        Topic.PERSON_CHANGED,
        subject=f"{person.username} was {done} by {by}",
        body=f"{person.username} was {done} by {by}.\n\nWhy: {why}",
        data={"person": person.username, "by": by, "done": done},
        people=people_who_can(Permission.ADMINISTER, None).exclude(username=by),
        path=f"/people/{person.username}/",
        now=now,
    )


def _already(person: User) -> Reason:
    if is_invited(person):
        sentence = f"{person.username} has not accepted the invitation: take that back instead."
        return Reason(Code.STILL_INVITED, sentence)
    return Reason(Code.NOTHING_NEW, f"{person.username} is disabled already.")
