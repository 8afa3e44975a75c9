"""Tokens of the provider, enciphered with a key derived from SECRET_KEY."""

from __future__ import annotations

import base64

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


def enciphered(secret: str) -> str:
    return _cipher().encrypt(secret.encode()).decode() if secret else ""


def deciphered(kept: str) -> str:
    """Empty where it was enciphered with a key that is no longer known."""
    try:
        return _cipher().decrypt(kept.encode()).decode() if kept else ""
    except InvalidToken:
        return ""


def _cipher() -> MultiFernet:
    return MultiFernet([Fernet(_key(each)) for each in [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]])


def _key(secret: str) -> bytes:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"keyconsole single sign-on tokens")
    return base64.urlsafe_b64encode(derived.derive(secret.encode()))
