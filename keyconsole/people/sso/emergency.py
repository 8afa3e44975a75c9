"""The way in while the provider is down: a link from the terminal, for one person, once, ten minutes."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.db import transaction

from keyconsole.audit.events import Event
from keyconsole.audit.log import record
from keyconsole.aws_accounts.told import path_of_record, tell_of_power
from keyconsole.people.drawn_secret import hash_of
from keyconsole.people.models import EmergencySignIn
from keyconsole.people.sso.failures import SignInFailed, Why
from keyconsole.refusal_codes import Code
from keyconsole.refusals import Reason, Refused

LASTS = timedelta(minutes=10)


def make_link(person: User, *, by: str, now: datetime) -> tuple[EmergencySignIn, str]:
    """The row and the secret of the link, which is kept as a hash. Raises Refused for a disabled person."""
    if not person.is_active:
        sentence = f"{person.username} can no longer sign in."
        raise Refused(Reason(Code.PERSON_DISABLED, sentence))
    secret = secrets.token_urlsafe(32)
    says = f"make a link at {by} that signs {person.username} in once"
    with transaction.atomic():
        made = EmergencySignIn.objects.create(
            person=person, sha256=hash_of(secret), made_at=now, made_via=by, expires_at=now + LASTS
        )
        data = {"expires_at": made.expires_at.isoformat()}
        record(Event.PERSON_EMERGENCY_LINK_MADE, actor=by, subject=person.username, now=now, data=data)
        tell_of_power(says, by=by, path=path_of_record(person.username), now=now)
    return made, secret


def waiting(secret: str, *, now: datetime) -> EmergencySignIn:
    """Raises SignInFailed for what is used, over or unknown, in one answer."""
    found = EmergencySignIn.objects.select_related("person").filter(sha256=hash_of(secret)).first()
    if found is None or found.used_at or found.expires_at <= now:
        raise SignInFailed(Why.LINK_OVER, username=found.person.username if found else "")
    if not found.person.is_active:
        raise SignInFailed(Why.PERSON_DISABLED, username=found.person.username)
    return found


def use(secret: str, *, address: str, now: datetime) -> User:
    """Of two who use it at once, one does. Raises SignInFailed."""
    found = waiting(secret, now=now)
    unused = EmergencySignIn.objects.filter(pk=found.pk, used_at=None, expires_at__gt=now)
    if not unused.update(used_at=now, used_from=address[:60]):
        raise SignInFailed(Why.LINK_OVER, username=found.person.username)
    return found.person
