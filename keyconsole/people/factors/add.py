"""A person adds a second factor of their own, with its record and a message to them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction

from keyconsole.audit.events import Event
from keyconsole.audit.log import record
from keyconsole.people.factors.encryption import encrypt
from keyconsole.people.factors.held import KIND_OF, factors, name_of
from keyconsole.people.factors.tell import tell
from keyconsole.people.factors.totp import mark_used, step_of
from keyconsole.people.models import FACTOR_NAME_AT_MOST
from keyconsole.refusal_codes import Code
from keyconsole.refusals import Invalid, Reason, Refused
from keyconsole.text import clean_text

PASSKEYS_AT_MOST = 20
WRONG_CODE = (
    "This is not the app's present code. Type the one that it shows now, and see that the clock of its "
    "device is right."
)


def add_totp(person: User, secret: str, code: str, *, address: str, now: datetime) -> Authenticator:
    """Raises Invalid for a wrong code, and Refused where there is an app already."""
    step = step_of(secret, code, now=now)
    if step is None:
        raise Invalid({"code": WRONG_CODE})
    try:
        with transaction.atomic():
            factor = _store(person, Authenticator.Type.TOTP, {"secret": encrypt(secret)}, address, now)
            mark_used(factor, step)
    except IntegrityError:
        sentence = "An authenticator app is set up already. Remove it first."
        raise Refused(Reason(Code.FACTOR_EXISTS, sentence)) from None
    return factor


def add_passkey(
    person: User, credential: Mapping[str, Any], *, name: str, address: str, now: datetime
) -> Authenticator:
    """`credential` was verified; raises Invalid for its name, and Refused for one too many."""
    name = _checked(name)
    with transaction.atomic():
        User.objects.select_for_update().get(pk=person.pk)
        if factors().filter(user=person).count() >= PASSKEYS_AT_MOST:
            sentence = f"You have {PASSKEYS_AT_MOST} second factors. Remove one first."
            raise Refused(Reason(Code.FACTOR_EXISTS, sentence))
        data = {"name": name, "credential": dict(credential)}
        return _store(person, Authenticator.Type.WEBAUTHN, data, address, now)


def rename_passkey(factor: Authenticator, name: str, *, address: str, now: datetime) -> None:
    """Raises Invalid."""
    name = _checked(name)
    with transaction.atomic():
        factor = Authenticator.objects.select_for_update().get(pk=factor.pk)
        before, factor.data["name"] = name_of(factor), name
        if before == name:
            return
        factor.save(update_fields=["data"])
        username = factor.user.get_username()
        data = {"kind": KIND_OF[factor.type], "from": before, "to": name, "address": address}
        record(Event.FACTOR_RENAMED, actor=username, subject=username, now=now, data=data)


def _store(person: User, kind: str, data: dict[str, Any], address: str, now: datetime) -> Authenticator:
    factor = Authenticator.objects.create(user=person, type=kind, data=data, created_at=now)
    facts = {"kind": KIND_OF[factor.type], "name": name_of(factor), "address": address}
    record(Event.FACTOR_ADDED, actor=person.username, subject=person.username, now=now, data=facts)
    tell(person, f"A second factor was added, {name_of(factor)}", now=now)
    return factor


def _checked(name: str) -> str:
    try:
        name = " ".join(clean_text("name", name, FACTOR_NAME_AT_MOST).split())
    except Refused as refused:
        raise Invalid({"name": str(refused)}) from None
    if not name:
        raise Invalid({"name": "Give it a name by which you tell it from others: blue key, phone."})
    return name
