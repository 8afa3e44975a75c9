"""A person's vote on what somebody proposed, by the hash of what they read. In the caller's transaction."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.models import User

from keyconsole.audit.given_proof import GivenProof, kept
from keyconsole.policies.models import AccountEdit, PolicyVersion
from keyconsole.refusal_codes import Code
from keyconsole.refusals import Reason, Refused

Proposal = PolicyVersion | AccountEdit


def refuse_another_hash(proposal: Proposal, sha256: str) -> None:
    if sha256 != proposal.sha256:
        sentence = f"{proposal} says something else than what you read: its hash is {proposal.sha256}."
        raise Refused(Reason(Code.PLAN_CHANGED, sentence))


def cast(
    proposal: Proposal, *, by: User, agrees: bool, comment: str, now: datetime, proof: GivenProof | None
) -> None:
    """The rows hold who proposed it as well, so that the database refuses a vote of theirs."""
    if proposal.proposer is None:
        raise Refused(Reason(Code.NOT_OPEN, f"Nobody proposed {proposal}; nobody votes on it."))
    proposal.votes.create(
        voter=by,
        proposer=proposal.proposer,
        sha256=proposal.sha256,
        agrees=agrees,
        comment=comment,
        voted_at=now,
        **kept(proof),
    )
