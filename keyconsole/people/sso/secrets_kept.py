"""Tokens of the provider, enciphered with a key derived from SECRET_KEY."""

from __future__ import annotations

from cryptography.fernet import InvalidToken

from keyconsole.people.cipher import cipher_for

_PURPOSE = b"keyconsole single sign-on tokens"


def enciphered(secret: str) -> str:
    return cipher_for(_PURPOSE).encrypt(secret.encode()).decode() if secret else ""


def deciphered(kept: str) -> str:
    """Empty where it was enciphered with a key that is no longer known."""
    try:
        return cipher_for(_PURPOSE).decrypt(kept.encode()).decode() if kept else ""
    except InvalidToken:
        return ""
