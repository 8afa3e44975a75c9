"""What the sign-in library asks us about second factors: encryption, names, the host of a passkey."""

from __future__ import annotations

from typing import Any, cast

from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser

from keyconsole.people.factors.encryption import decrypt, encrypt
from keyconsole.people.factors.held import factors
from keyconsole.web.factors.domain import host_name

NOT_ACCEPTED = "This proof was not accepted. Try again."
WRONG_CODE = "This code is not the right one. Type the present code of your app, or a recovery code."


class SecondFactors(DefaultMFAAdapter):  # type: ignore[misc]  # the library has no types
    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": NOT_ACCEPTED,
    }

    def get_totp_issuer(self) -> str:
        return issuer()

    def encrypt(self, text: str) -> str:
        return encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        return decrypt(encrypted_text)

    def generate_authenticator_name(self, user: AbstractBaseUser, type: str) -> str:  # noqa: A002
        """What stands in the form before its person writes something better."""
        held = factors().filter(user_id=user.pk, type=type).count()
        return "Passkey" if not held else f"Passkey {held + 1}"

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """The host that a passkey is bound to: the one in the browser's address bar."""
        return {"id": host_name(cast("Any", context.request)), "name": issuer()}

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:  # noqa: ARG002
        """Only `keyconsole.people.factors.remove` does, with its rule and its record."""
        return False


def issuer() -> str:
    """The name beside the code in an authenticator app."""
    organisation = settings.KEYCONSOLE_ORGANISATION
    return "KeyConsole" if organisation == "KeyConsole" else f"KeyConsole {organisation}"
