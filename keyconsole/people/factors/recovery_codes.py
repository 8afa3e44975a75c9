"""Recovery codes: each stands in once for a factor that is lost. Shown when they are made, never again."""

from __future__ import annotations

from datetime import datetime

from allauth.mfa import app_settings
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet

from keyconsole.audit.events import Event
from keyconsole.audit.log import record
from keyconsole.people.factors.encryption import encrypt
from keyconsole.people.factors.held import factors
from keyconsole.people.factors.tell import tell
from keyconsole.refusal_codes import Code
from keyconsole.refusals import Reason, Refused

NO_FACTOR = "Recovery codes stand in for a second factor. Add one first."


def codes_left(person: User) -> int | None:
    """How many still work; None where none were made. Decrypts nothing."""
    made = _rows(person).first()
    return None if made is None else _left(made)


def make_codes(person: User, *, address: str, now: datetime) -> list[str]:
    """New codes; those from before no longer work. Raises Refused for who has no second factor."""
    with transaction.atomic():
        # Two tabs at the same moment wait for each other here.
        User.objects.select_for_update().get(pk=person.pk)
        if not factors().filter(user=person).exists():
            raise Refused(Reason(Code.NO_SECOND_FACTOR, NO_FACTOR))
        had_some = bool(_rows(person).delete()[0])
        data = {"seed": encrypt(RecoveryCodes.generate_seed()), "used_mask": 0}
        made = Authenticator.objects.create(
            user=person, type=Authenticator.Type.RECOVERY_CODES, data=data, created_at=now
        )
        facts = {"codes": app_settings.RECOVERY_CODE_COUNT, "address": address}
        record(Event.RECOVERY_CODES_MADE, actor=person.username, subject=person.username, now=now, data=facts)
        if had_some:
            tell(person, "New recovery codes were made", "Those from before no longer work.", now=now)
    return list(RecoveryCodes(made).generate_codes())


def uses_code(person: User, code: str, *, address: str, now: datetime) -> Authenticator | None:
    """None for a wrong code; raises Refused where the codes cannot be read."""
    with transaction.atomic():
        made = _rows(person).select_for_update().first()
        if made is None or not RecoveryCodes(made).validate_code(code):
            return None
        made.refresh_from_db()
        left = _left(made)
        facts = {"left": left, "address": address}
        record(Event.RECOVERY_CODE_USED, actor=person.username, subject=person.username, now=now, data=facts)
        tell(person, "A recovery code was used", f"Codes left: {left}. Each works once.", now=now)
    return made


def _left(made: Authenticator) -> int:
    left: int = app_settings.RECOVERY_CODE_COUNT - int(made.data["used_mask"]).bit_count()
    return left


def _rows(person: User) -> QuerySet[Authenticator]:
    rows: QuerySet[Authenticator] = Authenticator.objects.filter(
        user=person, type=Authenticator.Type.RECOVERY_CODES
    )
    return rows
