"""A code that somebody typed: of their authenticator app, or a recovery code."""

from __future__ import annotations

from datetime import datetime

from allauth.core.internal.cryptokit import normalize_user_code
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import User

from keyconsole.people.factors import recovery_codes, totp
from keyconsole.people.factors.held import factors


def prove_by_code(person: User, typed: str, *, address: str, now: datetime) -> Authenticator | None:
    """What it proves, used up by that; None for a wrong one. Raises Refused: used already, unreadable.

    An app's code has six digits and a recovery code more, so that neither is ever tried as the other.
    """
    if not person.is_active:
        return None
    code = normalize_user_code(typed)
    if len(code) != totp.DIGITS:
        return recovery_codes.uses_code(person, code, address=address, now=now)
    app = factors().filter(user=person, type=Authenticator.Type.TOTP).first()
    return app if app and totp.uses_code(app, code, now=now) else None
