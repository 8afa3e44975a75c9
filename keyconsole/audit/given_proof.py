"""How a person proved who they are when they acted, as rows and the record keep it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from keyconsole.refusal_codes import Code
from keyconsole.refusals import Reason, Refused

PASSWORD, TOTP, PASSKEY, RECOVERY_CODE = "password", "totp", "passkey", "recovery code"
# Nothing but the sign-in itself: of who has no way to prove it again, or was not asked to.
SIGN_IN = "sign-in"
# At the provider of single sign-on, which says that it asked for a second factor.
SSO_SECOND_FACTOR = "sso with a second factor"
SECOND_FACTORS = frozenset({TOTP, PASSKEY, RECOVERY_CODE, SSO_SECOND_FACTOR})
# The word and a token's name of 60 characters.
HOW_AT_MOST = 80


@dataclass(frozen=True, slots=True)
class GivenProof:
    """`how`: one of the words above, the sign-in library's, or token with its name. `at`: when.

    `stale`: it is not as fresh as the page declares that was used.
    """

    how: str
    at: datetime
    stale: bool = False

    @property
    def has_second_factor(self) -> bool:
        return self.how in SECOND_FACTORS


def refuse_stale(proof: GivenProof | None) -> None:
    """Raises Refused. Verbs ask it once they know that the person may do it at all."""
    if proof and proof.stale:
        raise Refused(Reason(Code.PROOF_NEEDED, "Prove again that it is you, then send it once more."))


def told(proof: GivenProof | None, *, now: datetime) -> dict[str, Any]:
    """What the event of a verb holds of it; nothing where nobody was asked."""
    if proof is None:
        return {}
    return {"proof": proof.how, "proof_age_seconds": max(0, int((now - proof.at).total_seconds()))}


@dataclass(frozen=True, slots=True)
class _Acting:
    username: str
    given: Callable[[], GivenProof]


_ACTING: ContextVar[_Acting | None] = ContextVar("who acts, and by which proof", default=None)


@contextmanager
def acting(username: str, given: Callable[[], GivenProof]) -> Iterator[None]:
    """While it lasts, every event whose actor this person is says by which proof; no verb can forget it.

    Pages and commands say it once, around all that they do. `given` is asked where something is recorded.
    """
    before = _ACTING.set(_Acting(username, given))
    try:
        yield
    finally:
        _ACTING.reset(before)


def told_of_actor(actor: str, *, now: datetime) -> dict[str, Any]:
    """What every event of this actor holds of their proof; nothing of who is not the one who acts here."""
    acts = _ACTING.get()
    return told(acts.given(), now=now) if acts and acts.username == actor else {}


def kept(proof: GivenProof | None) -> dict[str, Any]:
    """What the row of a vote holds of it."""
    return {"proof": proof.how, "proved_at": proof.at} if proof else {}


def proves_second_factor(how: str) -> bool:
    """Of a row: votes of before proofs were kept have none."""
    return how in SECOND_FACTORS
