"""People agree to what they read, by its hash: what says something else by now is not agreed to."""

from __future__ import annotations

from typing import Protocol

from keyconsole.refusal_codes import Code
from keyconsole.refusals import Reason, Refused


class Hashed(Protocol):
    """What is proposed; its text names it."""

    sha256: str


def refuse_another_hash(proposal: Hashed, sha256: str) -> None:
    if sha256 != proposal.sha256:
        sentence = f"{proposal} says something else than what you read: its hash is {proposal.sha256}."
        raise Refused(Reason(Code.PLAN_CHANGED, sentence))
