"""Codes of an authenticator app (RFC 6238): each counts once, in whatever process it arrives.

One step of thirty seconds is tolerated to either side, since clocks differ. What was used is remembered as
the last step that counted, so that no code of an earlier one counts again, however long that is ago.
"""

from __future__ import annotations

from datetime import datetime
from hmac import compare_digest
from urllib.parse import quote, urlencode

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, generate_totp_secret, hotp_value
from django.db import IntegrityError, transaction

from keyconsole.people.factors.encryption import decrypt
from keyconsole.people.models import TotpStep
from keyconsole.refusal_codes import Code
from keyconsole.refusals import Reason, Refused

STEP_SECONDS, DIGITS = 30, 6
TOLERATED_STEPS = 1
USED_ALREADY = "This code was used already. Wait for the next one, at most half a minute."


def new_secret() -> str:
    secret: str = generate_totp_secret()
    return secret


def step_of(secret: str, code: str, *, now: datetime) -> int | None:
    """The time step whose code this is, among those that are tolerated; the latest, should there be two."""
    present = int(now.timestamp()) // STEP_SECONDS
    for step in range(present + TOLERATED_STEPS, present - TOLERATED_STEPS - 1, -1):
        if code.isascii() and compare_digest(code_at(secret, step), code):
            return step
    return None


def code_at(secret: str, step: int) -> str:
    code: str = format_hotp_value(hotp_value(secret, step))
    return code


def uses_code(factor: Authenticator, code: str, *, now: datetime) -> bool:
    """False for a wrong code; raises Refused for one that was used, or where the secret cannot be read."""
    step = step_of(decrypt(factor.data["secret"]), code, now=now)
    if step is None:
        return False
    if not mark_used(factor, step):
        raise Refused(Reason(Code.PROOF_REFUSED, USED_ALREADY))
    return True


def mark_used(factor: Authenticator, step: int) -> bool:
    """A compare-and-set: of two processes that bring the same code, one gets True."""
    if TotpStep.objects.filter(factor=factor, step__lt=step).update(step=step):
        return True
    if TotpStep.objects.filter(factor=factor).exists():
        return False
    try:
        with transaction.atomic():
            TotpStep.objects.create(factor=factor, step=step)
    except IntegrityError:
        return False
    return True


def set_up_address(secret: str, *, username: str, issuer: str) -> str:
    """What an authenticator app reads from the picture."""
    query = urlencode({"secret": secret, "issuer": issuer}, quote_via=quote)
    return f"otpauth://totp/{quote(issuer, safe='')}:{quote(username, safe='')}?{query}"
