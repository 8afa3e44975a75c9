"""Who somebody is here whom single sign-on vouches for: found by issuer and subject, and by nothing else.

An e-mail address or a name is never taken for a proof: both change, and are given again to others.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from keyconsole.advisory_lock import Lock, hold
from keyconsole.audit.events import Event
from keyconsole.audit.log import ITSELF, record
from keyconsole.people.models import GroupsAnswer, SsoGroup, SsoIdentity
from keyconsole.people.sso.failures import SignInFailed, Why
from keyconsole.people.sso.oidc.claims import Claims, Groups
from keyconsole.people.sso.oidc.flow import Tokens
from keyconsole.people.sso.reconcile import BY, Scope, reconcile
from keyconsole.people.sso.secrets_kept import enciphered
from keyconsole.refusal_codes import Code
from keyconsole.refusals import Reason, Refused

NO_TOKENS = Tokens("", "")
_SUB_AT_MOST = 255


def vouched_for(claims: Claims, tokens: Tokens = NO_TOKENS, *, now: datetime) -> SsoIdentity:
    """The person's identity, made where it is new, with the groups as they were said. Raises SignInFailed."""
    if not 0 < len(claims.sub) <= _SUB_AT_MOST or not claims.sub.isprintable():
        raise SignInFailed(Why.TOKEN_MALFORMED, f"no subject of 1 to {_SUB_AT_MOST} characters")
    try:
        return _vouched_for(claims, tokens, now=now)
    except IntegrityError:
        # Two tabs, or two servers, for the first time: the other has made it.
        return _vouched_for(claims, tokens, now=now)


def known_as(issuer: str, sub: str) -> SsoIdentity | None:
    return SsoIdentity.objects.select_related("person").filter(issuer=issuer, sub=sub).first()


def link(person: User, *, issuer: str, sub: str, by: str, now: datetime) -> SsoIdentity:
    """From now on this subject is this person. In a transaction; raises Refused where it is another's.

    What groups of the person's subject of before gave goes at once.
    """
    hold(Lock.ACCESS)
    other = known_as(issuer, sub)
    if other and other.person_id != person.pk:
        sentence = f"That subject is {other.person.username} here."
        raise Refused(Reason(Code.SSO_IDENTITY_TAKEN, sentence))
    SsoIdentity.objects.filter(person=person).delete()
    identity = SsoIdentity.objects.create(
        person=person, issuer=issuer, sub=sub, linked_by=by, linked_at=now, confirmed_at=now
    )
    _record(Event.SSO_LINKED, identity, by=by, now=now, issuer=issuer, sub=sub)
    reconcile(Scope(person_id=person.pk), by=by, now=now)
    return identity


def confirm(identity: SsoIdentity, groups: Groups, tokens: Tokens, *, now: datetime) -> None:
    """The provider stands for this person now, and said this of their groups. In one transaction."""
    with transaction.atomic():
        hold(Lock.ACCESS)
        was = _take_in(identity, groups, now=now)
        if identity.unconfirmed_why:
            _record(Event.SSO_CONFIRMED, identity, by=BY, now=now)
        identity.confirmed_at, identity.unconfirmed_why = now, ""
        identity.refresh_token = enciphered(tokens.refresh)
        identity.access_token = "" if tokens.refresh else enciphered(tokens.access)
        identity.save(
            update_fields=[
                "answer",
                "groups_read_at",
                "confirmed_at",
                "unconfirmed_why",
                "refresh_token",
                "access_token",
            ]
        )
        if was is not None:
            said = was if groups.answer is GroupsAnswer.ABSENT else groups.names
            _record(
                Event.SSO_GROUPS_READ,
                identity,
                by=BY,
                now=now,
                answer=identity.answer,
                joined=sorted(said - was),
                left=sorted(was - said),
            )
        reconcile(Scope(person_id=identity.person_id), by=BY, now=now)


def read_again_from(now: datetime) -> datetime:
    return now + timedelta(minutes=settings.KEYCONSOLE_SSO_REFRESH_MINUTES)


def end_sessions(identity: SsoIdentity, *, why: str, now: datetime) -> bool:
    """The provider no longer stands for them: what began by single sign-on before now is over.

    False where they have signed in anew since the row was read: what was asked was about the time before.
    """
    as_read = {"pk": identity.pk, "refresh_token": identity.refresh_token}
    fields: dict[str, Any] = {"sessions_from": now, "refresh_token": "", "access_token": ""}
    with transaction.atomic():
        if not SsoIdentity.objects.filter(**as_read).update(**fields):
            return False
        _record(Event.SSO_ENDED, identity, by=BY, now=now, why=why)
    return True


def could_not_ask(identity: SsoIdentity, *, why: str, now: datetime) -> None:
    """It stays as it was said last; the first time is recorded, and the page says since when."""
    with transaction.atomic():
        if SsoIdentity.objects.filter(pk=identity.pk, unconfirmed_why="").update(unconfirmed_why=why):
            since = identity.confirmed_at.isoformat()
            _record(Event.SSO_UNCONFIRMED, identity, by=BY, now=now, why=why, confirmed_at=since)


def _vouched_for(claims: Claims, tokens: Tokens, *, now: datetime) -> SsoIdentity:
    with transaction.atomic():
        hold(Lock.ACCESS)
        identity = known_as(claims.issuer, claims.sub) or _added(claims, now=now)
        if not identity.person.is_active:
            raise SignInFailed(Why.PERSON_DISABLED, username=identity.person.username)
        confirm(identity, claims.groups, tokens, now=now)
        # Also where a worker asks at this moment, which may have seen nobody who is signed in.
        SsoIdentity.objects.filter(pk=identity.pk).update(
            due_at=read_again_from(now), second_factor=claims.has_second_factor
        )
    return identity


def _added(claims: Claims, *, now: datetime) -> SsoIdentity:
    name = User.normalize_username(claims.username)
    person = User(username=name, email=claims.email, first_name=claims.name[:150], date_joined=now)
    _refuse_name(person)
    person.set_unusable_password()
    person.save(force_insert=True)
    data = {"email": person.email, "via": BY, "issuer": claims.issuer, "sub": claims.sub}
    record(Event.PERSON_ADDED, actor=BY, subject=person.username, now=now, data=data)
    return SsoIdentity.objects.create(
        person=person,
        issuer=claims.issuer,
        sub=claims.sub,
        linked_by=BY,
        linked_at=now,
        confirmed_at=now,
    )


def _refuse_name(person: User) -> None:
    """A name that differs in its capitals alone is another's name to whoever reads it.

    In the record one name is the program's own.
    """
    if person.username.casefold() == ITSELF:
        raise SignInFailed(Why.NO_USERNAME, "the name sent is KeyConsole's own")
    taken = User.objects.filter(username__iexact=person.username).values_list("username", flat=True).first()
    if person.username and taken:
        raise SignInFailed(Why.NAME_TAKEN, "a person of that name is here", username=taken)
    try:
        person.clean_fields(exclude=["password", "email", "first_name"])
    except ValidationError:
        raise SignInFailed(Why.NO_USERNAME, f"the name sent has {len(person.username)} characters") from None
    try:
        person.clean_fields(exclude=["password", "username", "first_name"])
    except ValidationError:
        person.email = ""


def _take_in(identity: SsoIdentity, groups: Groups, *, now: datetime) -> frozenset[str] | None:
    """The groups that stood here before, where the answer is another one. Absent changes no group."""
    was, before = frozenset(identity.groups.values_list("name", flat=True)), identity.answer
    identity.answer = groups.answer.value
    if groups.answer is not GroupsAnswer.ABSENT:
        identity.groups.exclude(name__in=groups.names).delete()
        new = [SsoGroup(identity=identity, name=name) for name in sorted(groups.names - was)]
        SsoGroup.objects.bulk_create(new)
        first = identity.groups_read_at is None
        identity.groups_read_at = now
        return was if first or was != groups.names or before != groups.answer else None
    return was if before != groups.answer else None


def _record(event: Event, identity: SsoIdentity, *, by: str, now: datetime, **data: Any) -> None:
    told: Mapping[str, Any] = data
    record(event, actor=by, subject=identity.person.username, now=now, data=told)
