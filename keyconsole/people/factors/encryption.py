"""What a second factor keeps that must not be read from a database alone: encrypted with the secret key.

Written with today's key; what an older one of SECRET_KEY_FALLBACKS wrote is still read.
"""

from __future__ import annotations

from base64 import urlsafe_b64encode
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from keyconsole.refusal_codes import Code
from keyconsole.refusals import Reason, Refused

# Names the purpose: the same secret key signs sessions, with which this key has nothing in common.
_PURPOSE = b"keyconsole: second factors"
WITH_ANOTHER_KEY = (
    "Your second factor cannot be read: it was set up under another KEYCONSOLE_SECRET_KEY than the server "
    "has now. Whoever runs the server adds the earlier key to KEYCONSOLE_SECRET_KEY_FALLBACKS, or removes "
    "the factor with `manage.py reset_second_factors`."
)


def encrypt(text: str) -> str:
    return _fernet().encrypt(text.encode()).decode()


def decrypt(token: str) -> str:
    """Raises Refused where it was written under a key that the server no longer has."""
    try:
        return _fernet().decrypt(token).decode()
    except InvalidToken:
        raise Refused(Reason(Code.SECRET_KEY_DIFFERS, WITH_ANOTHER_KEY)) from None


def under_todays_key(token: str) -> str:
    """The same secret, encrypted anew; raises Refused as `decrypt` does."""
    return encrypt(decrypt(token))


def _fernet() -> MultiFernet:
    return MultiFernet([_derived(key) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])


@lru_cache(maxsize=8)
def _derived(secret_key: str) -> Fernet:
    key = HKDF(algorithm=SHA256(), length=32, salt=None, info=_PURPOSE).derive(secret_key.encode())
    return Fernet(urlsafe_b64encode(key))
