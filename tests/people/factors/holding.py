"""People with second factors, as their own verbs make them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib.auth.models import User
from django.utils import timezone

from keyconsole.people.factors.add import add_passkey, add_totp
from keyconsole.people.factors.recovery_codes import make_codes
from keyconsole.people.factors.totp import STEP_SECONDS, code_at

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
HERE = "198.51.100.7"
# Its step is long over, so that the codes of the tests all come after it.
LONG_AGO = timedelta(hours=1)


def code(*, steps: int = 0, now: datetime | None = None, secret: str = SECRET) -> str:
    """What the app shows now, or shows so many steps later."""
    at = now or timezone.now()
    return code_at(secret, int(at.timestamp()) // STEP_SECONDS + steps)


def give_totp(person: User) -> Authenticator:
    then = timezone.now() - LONG_AGO
    return add_totp(person, SECRET, code(now=then), address=HERE, now=then)


def give_codes(person: User) -> list[str]:
    return make_codes(person, address=HERE, now=timezone.now())


def give_passkey(person: User, name: str = "blue key", credential: Any = None) -> Authenticator:
    """Without a credential, one that only stands there."""
    return add_passkey(person, credential or {}, name=name, address=HERE, now=timezone.now())
