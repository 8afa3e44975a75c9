"""Personal tokens: how one is made, found again by its hash, and ended; each with its event."""

from __future__ import annotations

import secrets
import string
from datetime import datetime, timedelta
from zlib import crc32

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction

from keyconsole.audit.events import Event
from keyconsole.audit.log import record
from keyconsole.people.drawn_secret import hash_of
from keyconsole.people.models import NAME_AT_MOST, PersonalToken
from keyconsole.refusals import Invalid, Refused
from keyconsole.text import clean_text

PREFIX = "keyconsole_"
DAYS, DAYS_AT_MOST = 90, 366
_ALPHABET = string.digits + string.ascii_letters
_RANDOM, _CHECK = 40, 6  # characters; 40 of 62 are 238 bits


def make_token(person: User, *, name: str, days: int, via: str, now: datetime) -> tuple[PersonalToken, str]:
    """The token and its secret, which nobody can read again; raises Invalid."""
    name = _checked(name, days)
    secret = new_secret()
    token = PersonalToken(
        person=person,
        name=name,
        sha256=hash_of(secret),
        made_at=now,
        made_via=via,
        expires_at=now + timedelta(days=days),
    )
    try:
        with transaction.atomic():
            token.save(force_insert=True)
            data = {"token": name, "expires_at": token.expires_at.isoformat(), "via": via}
            record(Event.TOKEN_MADE, actor=person.username, subject=person.username, now=now, data=data)
    except IntegrityError:
        sentence = (
            f"{person.username} has a token called {name} already. End it first, or choose another name."
        )
        raise Invalid({"name": sentence}) from None
    return token, secret


def end_token(token: PersonalToken, *, by: str, via: str, now: datetime) -> bool:
    """From now on it proves nothing; False where it was ended before."""
    with transaction.atomic():
        rows = PersonalToken.objects.filter(pk=token.pk, ended_at=None)
        if not rows.update(ended_at=now, ended_by=by):
            return False
        data = {"token": token.name, "via": via}
        record(Event.TOKEN_ENDED, actor=by, subject=token.person.username, now=now, data=data)
    return True


def token_with(secret: str) -> PersonalToken | None:
    """In force or not; None for a secret that never was one of ours."""
    if not is_well_formed(secret):
        return None
    return PersonalToken.objects.select_related("person").filter(sha256=hash_of(secret)).first()


def new_secret() -> str:
    """A prefix that scanners can look for, what was drawn, and a checksum, by which they know a true one."""
    drawn = "".join(secrets.choice(_ALPHABET) for _ in range(_RANDOM))
    return PREFIX + drawn + _checksum(drawn)


def is_well_formed(secret: str) -> bool:
    body = secret.removeprefix(PREFIX)
    drawn, check = body[:_RANDOM], body[_RANDOM:]
    return secret.startswith(PREFIX) and body.isascii() and check == _checksum(drawn)


def _checksum(text: str) -> str:
    number, digits = crc32(text.encode()), ""
    for _ in range(_CHECK):
        number, rest = divmod(number, len(_ALPHABET))
        digits = _ALPHABET[rest] + digits
    return digits


def _checked(name: str, days: int) -> str:
    problems: dict[str, str] = {}
    try:
        name = clean_text("name", name, NAME_AT_MOST)
    except Refused as refused:
        problems["name"] = str(refused)
    if not name or not name.isprintable():
        problems["name"] = "Say in one line what the token is for."
    if not 1 <= days <= DAYS_AT_MOST:
        problems["days"] = f"A token lasts from 1 day to {DAYS_AT_MOST} days."
    if problems:
        raise Invalid(problems)
    return name
