"""The hash under which a secret is kept that was drawn at random: of tokens and of links that work once."""

from __future__ import annotations

from hashlib import sha256


def hash_of(secret: str) -> str:
    """One round is enough: what is drawn from more than 230 bits is not guessed."""
    return sha256(secret.encode()).hexdigest()
