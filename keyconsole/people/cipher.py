"""Encrypting what must not be read from a database alone, with a key derived from the server's secret key.

Written with today's key; what an older one of SECRET_KEY_FALLBACKS wrote is still read. The purpose goes into
the key: what is kept for one opens nothing of another, nor has it anything in common with signed sessions.
"""

from __future__ import annotations

from base64 import urlsafe_b64encode
from functools import lru_cache

from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


def cipher_for(purpose: bytes) -> MultiFernet:
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return MultiFernet([_derived(key, purpose) for key in keys])


@lru_cache(maxsize=16)
def _derived(secret_key: str, purpose: bytes) -> Fernet:
    key = HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose).derive(secret_key.encode())
    return Fernet(urlsafe_b64encode(key))
