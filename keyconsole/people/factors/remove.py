"""A second factor is removed, by its person; with the last one their recovery codes end."""

from __future__ import annotations

from datetime import datetime

from allauth.mfa.models import Authenticator
from django.contrib.auth.models import User
from django.db import transaction

from keyconsole.audit.events import Event
from keyconsole.audit.log import record
from keyconsole.people.factors.held import KIND_OF, factors, name_of
from keyconsole.people.factors.password_rules import ALONE_AT_LEAST, is_known_to_be_long
from keyconsole.people.factors.tell import tell
from keyconsole.refusal_codes import Code
from keyconsole.refusals import Reason, Refused, Verdict


def may_remove(factor: Authenticator) -> Verdict:
    """Whether the password could stand alone afterwards."""
    others = factors().filter(user=factor.user_id).exclude(pk=factor.pk)
    return Verdict() if others.exists() else may_stand_alone(factor.user)


def may_stand_alone(person: User) -> Verdict:
    if not person.has_usable_password() or is_known_to_be_long(person):
        return Verdict()
    sentence = (
        f"Without a second factor a password has at least {ALONE_AT_LEAST} characters. The present one is "
        f"not known to have as many, so a new one of at least {ALONE_AT_LEAST} has to be chosen first."
    )
    return Verdict((Reason(Code.PASSWORD_TOO_SHORT, sentence),))


def remove(factor: Authenticator, *, address: str, now: datetime) -> None:
    """Raises Refused where it is the last and the password is too short, and where it is gone already."""
    with transaction.atomic():
        # Two tabs that remove the last two at the same moment wait for each other here.
        person = User.objects.select_for_update().get(pk=factor.user_id)
        held = factors().filter(pk=factor.pk).first()
        if held is None:
            raise Refused(Reason(Code.NO_SECOND_FACTOR, "This second factor was removed already."))
        may_remove(held).or_refuse()
        _remove(person, held, address=address, now=now)


def _remove(person: User, factor: Authenticator, *, address: str, now: datetime) -> None:
    kind, name = KIND_OF[factor.type], name_of(factor)
    factor.delete()
    is_last = not factors().filter(user=person).exists()
    if is_last:
        Authenticator.objects.filter(user=person).delete()
    facts = {"kind": kind, "name": name, "was_the_last": is_last, "address": address}
    record(Event.FACTOR_REMOVED, actor=person.username, subject=person.username, now=now, data=facts)
    more = "It was the last one; the recovery codes ended with it." if is_last else ""
    tell(person, f"A second factor was removed, {name}", more, now=now)
