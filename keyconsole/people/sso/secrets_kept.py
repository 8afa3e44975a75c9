"""Tokens of the provider, enciphered with a key derived from SECRET_KEY; anew after that is another one."""

from __future__ import annotations

from cryptography.fernet import InvalidToken
from django.db.models import Q

from keyconsole.people.cipher import cipher_for
from keyconsole.people.models import SsoIdentity

_PURPOSE = b"keyconsole single sign-on tokens"


def enciphered(secret: str) -> str:
    return cipher_for(_PURPOSE).encrypt(secret.encode()).decode() if secret else ""


def deciphered(kept: str) -> str:
    """Empty where it was enciphered with a key that is no longer known."""
    try:
        return cipher_for(_PURPOSE).decrypt(kept.encode()).decode() if kept else ""
    except InvalidToken:
        return ""


def reencipher_all() -> int:
    """Of how many people. What no key opens stays: its person signs in again, which brings new ones.

    Compare and set: a worker that renews them meanwhile has written with today's key.
    """
    done = 0
    held = SsoIdentity.objects.filter(~Q(refresh_token="") | ~Q(access_token=""))
    for pk, refresh, access in held.values_list("pk", "refresh_token", "access_token"):
        opened = {"refresh_token": deciphered(refresh), "access_token": deciphered(access)}
        fresh = {name: enciphered(secret) for name, secret in opened.items() if secret}
        as_read = SsoIdentity.objects.filter(pk=pk, refresh_token=refresh, access_token=access)
        done += as_read.update(**fresh) if fresh else 0
    return done
