"""Links with which a person chooses a password: made, opened, used once, taken back.

The secret is shown and sent when it is made and stored nowhere, only its hash. Looking at a link never uses
it up: mail scanners look. Invitations and resets are the two verbs above this.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from keyconsole.people.drawn_secret import hash_of
from keyconsole.people.dual_control.kinds.enable_person import power_of
from keyconsole.people.models import OneTimeLink, Purpose
from keyconsole.refusal_codes import Code
from keyconsole.refusals import Invalid, Reason, Refused


@dataclass(frozen=True, slots=True)
class Secret:
    """What stands in the address; nobody can read it again."""

    link: OneTimeLink
    text: str


def make_link(person: User, purpose: Purpose, *, by: str, now: datetime, sent_only: bool = False) -> Secret:
    """In a transaction. One that was open before it opens nothing any more. Raises Refused."""
    withdraw_links(person, purpose, by=by, now=now)
    text = secrets.token_urlsafe(32)
    link = OneTimeLink(
        person=person,
        purpose=purpose.value,
        sha256=hash_of(text),
        made_by=by,
        made_at=now,
        sent_only=sent_only,
        expires_at=now + timedelta(hours=settings.KEYCONSOLE_INVITATION_HOURS),
    )
    try:
        with transaction.atomic():
            link.save(force_insert=True)
    except IntegrityError:
        sentence = "Somebody else made one at this moment. Look again."
        raise Refused(Reason(Code.LOST_RACE, sentence)) from None
    return Secret(link, text)


def withdraw_links(person: User, *purposes: Purpose, by: str, now: datetime) -> int:
    """How many could still have been opened."""
    rows = OneTimeLink.objects.filter(person=person, purpose__in=purposes, used_at=None, withdrawn_at=None)
    opened = rows.filter(expires_at__gt=now).count()
    rows.update(withdrawn_at=now, withdrawn_by=by)
    return opened


def link_with(sha256_of_secret: str) -> OneTimeLink | None:
    return OneTimeLink.objects.select_related("person").filter(sha256=sha256_of_secret).first()


def why_over(link: OneTimeLink | None, *, now: datetime) -> str:
    """The sentence for whoever opens it; empty where it opens."""
    if link is None:
        return "This link is not one of ours, or not the whole of it. Copy it again from where you got it."
    if link.used_at:
        return f"This link was used on {link.used_at:%Y-%m-%d at %H:%M} UTC, and opens only once."
    if link.withdrawn_at:
        return f"{link.withdrawn_by} took this link back on {link.withdrawn_at:%Y-%m-%d at %H:%M} UTC."
    if link.expires_at <= now:
        return f"This link expired on {link.expires_at:%Y-%m-%d at %H:%M} UTC."
    return _why_no_reset(link) if link.purpose == Purpose.RESET else ""


def _why_no_reset(link: OneTimeLink) -> str:
    if not link.person.is_active:
        return "Whoever this link is for is disabled, and cannot sign in."
    if not link.sent_only and power_of(link.person):
        return (
            "Whoever this link is for holds power over others by now, and another person saw it. Ask again."
        )
    return ""


def use_up(link: OneTimeLink, *, password: str, now: datetime) -> User:
    """Give its person the password. In the caller's transaction; of two tabs one does it.

    Raises Invalid for a weak password, Refused for a link that is over.
    """
    if why := why_over(link, now=now):
        raise Refused(Reason(Code.LINK_OVER, why))
    person = link.person
    try:
        validate_password(password, person)
    except ValidationError as error:
        raise Invalid({"password": " ".join(error.messages)}) from None
    rows = OneTimeLink.objects.filter(pk=link.pk, used_at=None, withdrawn_at=None, expires_at__gt=now)
    if rows.update(used_at=now) != 1:
        raise Refused(Reason(Code.LINK_OVER, "This link was used at this moment, in another tab or window."))
    person.set_password(password)
    return person
