"""A new password by a link, for who has forgotten theirs. Second factors stay, and are asked for.

Whoever sees the link can sign in as its person. That of a person with power over others goes to their own
address and is shown to nobody, or one administrator alone could approve as somebody else.
"""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction

from keyconsole.audit.events import Event
from keyconsole.audit.log import record
from keyconsole.aws_accounts.permissions import can, people_who_can
from keyconsole.aws_accounts.roles import Permission
from keyconsole.notifications.announce import announce
from keyconsole.notifications.mail import email_works
from keyconsole.notifications.topics import Topic
from keyconsole.people.administrators import refuse_own, refuse_unless_administrator
from keyconsole.people.dual_control.kinds.enable_person import power_of
from keyconsole.people.models import OneTimeLink, Purpose
from keyconsole.people.one_time_link import Secret, make_link, use_up, withdraw_links
from keyconsole.people.sessions import drop_sessions
from keyconsole.refusal_codes import Code
from keyconsole.refusals import Reason, Refused
from keyconsole.text import listed


def make_reset_link(person: User, *, by: User, now: datetime) -> Secret:
    """Raises Refused. Their sessions end when the link is used; until then the old password holds."""
    refuse_unless_administrator(by)
    refuse_own(person, by, sentence="A link for yourself is made by another administrator.")
    if not person.is_active:
        sentence = f"{person.username} cannot sign in: enable or invite them first."
        raise Refused(Reason(Code.PERSON_DISABLED, sentence))
    sent_only = goes_to_their_address_alone(person)
    if sent_only and not (person.email and email_works()):
        sentence = (
            f"{person.username} holds {listed(power_of(person))}: their link is shown to nobody else, and no "
            "e-mail reaches them from here. `manage.py changepassword` at the server's terminal is the way."
        )
        raise Refused(Reason(Code.LINK_NOT_SENT, sentence))
    with transaction.atomic():
        secret = make_link(person, Purpose.RESET, by=by.username, now=now, sent_only=sent_only)
        data = {"expires_at": secret.link.expires_at.isoformat()}
        record(Event.PERSON_RESET_LINK_MADE, actor=by.username, subject=person.username, now=now, data=data)
        _tell(person, by=by, now=now)
    return secret


def goes_to_their_address_alone(person: User) -> bool:
    return bool(power_of(person))


def withdraw_reset_link(person: User, *, by: User, now: datetime) -> None:
    """Raises Refused. One's own, too: whoever did not ask for it may end it."""
    if person.pk != by.pk:
        refuse_unless_administrator(by)
    with transaction.atomic():
        if not withdraw_links(person, Purpose.RESET, by=by.username, now=now):
            sentence = f"{person.username} has no link that could be opened."
            raise Refused(Reason(Code.NOTHING_NEW, sentence))
        record(Event.PERSON_RESET_LINK_WITHDRAWN, actor=by.username, subject=person.username, now=now)


def reset_password(link: OneTimeLink, *, password: str, now: datetime) -> User:
    """Raises Invalid or Refused."""
    with transaction.atomic():
        person = use_up(link, password=password, now=now)
        person.save(update_fields=["password"])
        ended, name = drop_sessions(person, now=now), person.username
        data = {"sessions_ended": ended, "how": "by a link", "link_made_by": link.made_by}
        record(Event.PERSON_PASSWORD_CHANGED, actor=name, subject=name, now=now, data=data)
    return person


def _tell(person: User, *, by: User, now: datetime) -> None:
    """The person; of an administrator's link all who administer: it would let somebody in as one."""
    people = [person]
    if can(person, Permission.ADMINISTER):
        people += people_who_can(Permission.ADMINISTER, None).exclude(pk__in=[person.pk, by.pk])
    announce(
        Topic.PERSON_CHANGED,
        subject=f"{by.username} made a link to choose a new password for {person.username}",
        body=(
            f"{by.username} made a link with which {person.username} can choose a new password. "
            "Where nobody asked for it, tell another administrator: they can take it back."
        ),
        data={"person": person.username, "by": by.username},
        people=people,
        path=f"/people/{person.username}/",
        now=now,
    )
