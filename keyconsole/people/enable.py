"""Enabling a disabled person: at once where they only get sight back, agreed to by two where it is power."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction

from keyconsole.audit.events import Event
from keyconsole.audit.log import record
from keyconsole.people.administrators import refuse_own, refuse_unless_administrator
from keyconsole.people.disable import WHY_NEEDED, tell_administrators
from keyconsole.people.dual_control.kinds import enable_person
from keyconsole.people.dual_control.propose import propose
from keyconsole.people.invitations import is_invited
from keyconsole.people.models import AccessProposal
from keyconsole.refusal_codes import Code
from keyconsole.refusals import Reason, Refused
from keyconsole.text import clean_why


def enable(person: User, *, why: str, by: User, now: datetime) -> AccessProposal | None:
    """The proposal to which another has to agree; None where it was done. Raises Refused."""
    why = clean_why(why, needed=WHY_NEEDED)
    refuse_unless_administrator(by)
    refuse_own(person, by, sentence="Nobody enables themselves.")
    if is_invited(person):
        sentence = f"{person.username} has never accepted an invitation: invite them again."
        raise Refused(Reason(Code.STILL_INVITED, sentence))
    if enable_person.power_of(person):
        return propose(enable_person.NAME, enable_person.facts_of(person), by=by, why=why, now=now)
    with transaction.atomic():
        if not User.objects.filter(pk=person.pk, is_active=False).update(is_active=True):
            raise Refused(Reason(Code.NOTHING_NEW, f"{person.username} can sign in already."))
        record(Event.PERSON_ENABLED, actor=by.username, subject=person.username, now=now, data={"why": why})
        tell_administrators(person, "enabled", why=why, by=by.username, now=now)
    return None
