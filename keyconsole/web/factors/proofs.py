"""By what somebody proved who they are, in the words of the record."""

from __future__ import annotations

from typing import Any

from allauth.account.authentication import get_authentication_records
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest

_WORDS = {
    "password": "password",
    "totp": "totp",
    "webauthn": "passkey",
    "recovery_codes": "recovery code",
}


def proofs_of_sign_in(request: HttpRequest, person: AbstractBaseUser) -> list[str]:
    """Each once, in the order in which they were given."""
    records = get_authentication_records(request, person)
    given = [word_for(record) for record in records if not record.get("reauthenticated")]
    return list(dict.fromkeys(given))


def word_for(record: dict[str, Any]) -> str:
    """One entry of what the sign-in library keeps in the session."""
    method = str(record.get("method", ""))
    kind = str(record.get("type", "")) if method == "mfa" else method
    return _WORDS.get(kind, kind)
