"""Inviting a person by a link: asked, accepted, made anew, taken back. Until accepted nobody can sign in."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from keyconsole.audit.events import Event
from keyconsole.audit.log import record
from keyconsole.aws_accounts.grants import grant
from keyconsole.aws_accounts.models import AwsAccount
from keyconsole.aws_accounts.people import why_not_called
from keyconsole.aws_accounts.roles import Role
from keyconsole.people.administrators import refuse_unless_administrator
from keyconsole.people.dual_control.kinds.grant_role import POWERFUL
from keyconsole.people.models import OneTimeLink, Purpose
from keyconsole.people.one_time_link import Secret, make_link, use_up, withdraw_links
from keyconsole.people.sessions import drop_sessions
from keyconsole.refusal_codes import Code
from keyconsole.refusals import Invalid, Reason, Refused

TAKEN = "There is a person of this name already."
# What one alone may give with the invitation; the rest is proposed once it is accepted.
FIRST_ROLES = [role for role in Role if role not in POWERFUL]


def invite(
    username: str,
    *,
    email: str,
    role: Role | None = None,
    account: AwsAccount | None = None,
    by: User,
    now: datetime,
) -> Secret:
    """Raises Refused, or Invalid for a name that is taken or malformed."""
    refuse_unless_administrator(by)
    if role in POWERFUL:
        raise Invalid({"role": f"{role.value} is proposed once the invitation is accepted." if role else ""})
    person = User(username=username.strip(), email=email.strip(), date_joined=now, is_active=False)
    person.set_unusable_password()
    _refuse_malformed(person)
    with transaction.atomic():
        _insert(person)
        data = {"email": person.email}
        record(Event.PERSON_ADDED, actor=by.username, subject=person.username, now=now, data=data)
        if role:
            grant(person, role, account, by=by.username, now=now)
        return _linked(person, by=by, now=now)


def invite_again(person: User, *, by: User, now: datetime) -> Secret:
    """Another link for who has not accepted; the one before opens nothing any more. Raises Refused."""
    refuse_unless_administrator(by)
    if not is_invited(person):
        sentence = f"{person.username} is not waiting for an invitation."
        raise Refused(Reason(Code.NOTHING_NEW, sentence))
    with transaction.atomic():
        return _linked(person, by=by, now=now)


def withdraw_invitation(person: User, *, by: User, now: datetime) -> None:
    """Raises Refused."""
    refuse_unless_administrator(by)
    with transaction.atomic():
        if not withdraw_links(person, Purpose.INVITATION, by=by.username, now=now):
            sentence = f"{person.username} has no invitation that could be opened."
            raise Refused(Reason(Code.NOTHING_NEW, sentence))
        record(Event.PERSON_INVITATION_WITHDRAWN, actor=by.username, subject=person.username, now=now)


def accept(link: OneTimeLink, *, password: str, now: datetime) -> User:
    """Raises Invalid or Refused."""
    with transaction.atomic():
        person = use_up(link, password=password, now=now)
        person.is_active = True
        person.save(update_fields=["password", "is_active"])
        data = {"invited_by": link.made_by}
        name = person.username
        record(Event.PERSON_INVITATION_ACCEPTED, actor=name, subject=name, now=now, data=data)
        drop_sessions(person, now=now)
    return person


def is_invited(person: User) -> bool:
    """Asked to come and never came, whether or not a link still opens."""
    links = OneTimeLink.objects.filter(person=person, purpose=Purpose.INVITATION)
    return not person.is_active and links.exists() and not links.exclude(used_at=None).exists()


def _linked(person: User, *, by: User, now: datetime) -> Secret:
    secret = make_link(person, Purpose.INVITATION, by=by.username, now=now)
    data = {"expires_at": secret.link.expires_at.isoformat()}
    record(Event.PERSON_INVITED, actor=by.username, subject=person.username, now=now, data=data)
    return secret


def _insert(person: User) -> None:
    try:
        with transaction.atomic():
            person.save(force_insert=True)
    except IntegrityError:
        raise Invalid({"username": TAKEN}) from None


def _refuse_malformed(person: User) -> None:
    try:
        person.full_clean(exclude=["password"])
    except ValidationError as error:
        problems = {field: " ".join(sentences) for field, sentences in error.message_dict.items()}
        raise Invalid(problems) from None
    if why := why_not_called(person.username):
        raise Invalid({"username": why})
