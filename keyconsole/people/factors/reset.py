"""The server's operator takes all second factors from a person who lost them: recorded, and told to many."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from allauth.mfa.models import Authenticator
from django.contrib.auth.models import User
from django.db import transaction

from keyconsole import terminal
from keyconsole.audit.events import Event
from keyconsole.audit.log import record
from keyconsole.aws_accounts.permissions import people_who_can
from keyconsole.aws_accounts.roles import Permission
from keyconsole.people.factors.held import second_factors
from keyconsole.people.factors.remove import may_stand_alone
from keyconsole.people.factors.tell import tell_of_reset
from keyconsole.people.sessions import drop_sessions
from keyconsole.refusal_codes import Code
from keyconsole.refusals import Reason, Refused


@dataclass(frozen=True, slots=True)
class Reset:
    removed: tuple[str, ...]
    sessions_ended: int


def reset_second_factors(person: User, *, now: datetime) -> Reset:
    """Raises Refused: there is none, or the password could not stand alone."""
    with transaction.atomic():
        person = User.objects.select_for_update().get(pk=person.pk)
        removed = tuple(f"{factor.name} ({factor.kind})" for factor in second_factors(person))
        if not removed:
            raise Refused(Reason(Code.NO_SECOND_FACTOR, f"{person.username} has no second factor."))
        may_stand_alone(person).or_refuse()
        Authenticator.objects.filter(user=person).delete()
        ended, by = drop_sessions(person, now=now), terminal.who_types()
        where = {"host": terminal.host(), "os_user": terminal.os_user()}
        facts = {"removed": list(removed), "sessions_ended": ended, **where}
        record(Event.FACTORS_RESET, actor=by, subject=person.username, now=now, data=facts)
        tell_of_reset(person, removed, by=by, administrators=administrators_of_everything(), now=now)
    return Reset(removed, ended)


def administrators_of_everything() -> list[User]:
    return list(people_who_can(Permission.ADMINISTER, None).order_by("username"))
