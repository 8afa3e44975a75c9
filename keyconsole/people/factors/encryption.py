"""What a second factor keeps that must not be read from a database alone: encrypted with the secret key."""

from __future__ import annotations

from cryptography.fernet import InvalidToken

from keyconsole.people.cipher import cipher_for
from keyconsole.refusal_codes import Code
from keyconsole.refusals import Reason, Refused

_PURPOSE = b"keyconsole: second factors"
WITH_ANOTHER_KEY = (
    "Your second factor cannot be read: it was set up under another KEYCONSOLE_SECRET_KEY than the server "
    "has now. Whoever runs the server adds the earlier key to KEYCONSOLE_SECRET_KEY_FALLBACKS, or removes "
    "the factor with `manage.py reset_second_factors`."
)


def encrypt(text: str) -> str:
    return cipher_for(_PURPOSE).encrypt(text.encode()).decode()


def decrypt(token: str) -> str:
    """Raises Refused where it was written under a key that the server no longer has."""
    try:
        return cipher_for(_PURPOSE).decrypt(token).decode()
    except InvalidToken:
        raise Refused(Reason(Code.SECRET_KEY_DIFFERS, WITH_ANOTHER_KEY)) from None


def under_todays_key(token: str) -> str:
    """The same secret, encrypted anew; raises Refused as `decrypt` does."""
    return encrypt(decrypt(token))
