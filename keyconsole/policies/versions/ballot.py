"""A person's vote on what somebody proposed, by the hash of what they read. In the caller's transaction."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.models import User

from keyconsole.audit.given_proof import GivenProof, kept, refuse_stale
from keyconsole.people.agreed_hash import refuse_another_hash
from keyconsole.policies.models import AccountEdit, PolicyVersion
from keyconsole.policies.versions.votes import may_agree, may_reject, why_weak
from keyconsole.refusal_codes import Code
from keyconsole.refusals import Reason, Refused

Proposal = PolicyVersion | AccountEdit


def vote_for(
    proposal: Proposal, *, by: User, sha256: str, comment: str, now: datetime, proof: GivenProof | None
) -> None:
    """Raises Refused, also where the proof is too old or too weak for it to count."""
    may_agree(by, proposal).or_refuse()
    refuse_stale(proof)
    why_weak(proposal, proof).or_refuse()
    refuse_another_hash(proposal, sha256)
    proposal.votes.filter(voter=by).delete()  # one that would not have counted
    _cast(proposal, by=by, agrees=True, comment=comment, now=now, proof=proof)


def vote_against(
    proposal: Proposal, *, by: User, reason: str, now: datetime, proof: GivenProof | None
) -> None:
    """Raises Refused. A person who had agreed may still reject."""
    may_reject(by, proposal).or_refuse()
    proposal.votes.filter(voter=by).delete()
    _cast(proposal, by=by, agrees=False, comment=reason, now=now, proof=proof)


def _cast(
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
