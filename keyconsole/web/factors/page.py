"""What the page of one's own second factors shows; also for the part that other pages include."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from allauth.mfa import app_settings
from allauth.mfa.models import Authenticator
from django.http import HttpRequest

from keyconsole.people.factors.held import KIND_OF, Kind, factors, name_of
from keyconsole.people.factors.recovery_codes import codes_left
from keyconsole.web.factors.domain import address_for_passkeys, passkeys_work
from keyconsole.web.guards import person_of
from keyconsole.web.sso.again import factor_at_the_provider


@dataclass(frozen=True, slots=True)
class FactorRow:
    pk: int
    name: str
    what: str
    is_passkey: bool
    made_at: datetime
    last_used_at: datetime | None


def own_factors(request: HttpRequest) -> dict[str, Any]:
    """The context of `factors/_own.html`."""
    person = person_of(request)
    held = [row_of(factor) for factor in factors().filter(user=person).order_by("created_at", "pk")]
    return {
        "factors": held,
        "has_totp": any(not row.is_passkey for row in held),
        "codes_left": codes_left(person) if held else None,
        "codes_made": app_settings.RECOVERY_CODE_COUNT,
        "factor_at_provider": factor_at_the_provider(person),
        **passkeys_here(request),
    }


def row_of(factor: Authenticator) -> FactorRow:
    is_passkey = KIND_OF[factor.type] is Kind.PASSKEY
    return FactorRow(
        pk=factor.pk,
        name=name_of(factor),
        what=_what(factor) if is_passkey else "Codes of six digits, beside the password",
        is_passkey=is_passkey,
        made_at=factor.created_at,
        last_used_at=factor.last_used_at,
    )


def _what(factor: Authenticator) -> str:
    alone = factor.wrap().is_passwordless
    return "Passkey, signs in alone" if alone else "Security key, beside the password"


def is_last(factor: Authenticator) -> bool:
    return not factors().filter(user=factor.user_id).exclude(pk=factor.pk).exists()


def passkeys_here(request: HttpRequest) -> dict[str, Any]:
    return {
        "passkeys_work": passkeys_work(request),
        "address_for_passkeys": address_for_passkeys(request),
    }
