"""`manage.py access list|show|agree|reject|withdraw`: the same verbs as the pages of what gives power.

It is proposed on a page, or with `lift_freeze`; `grant_role` and `group` give at once, as the operator.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.contrib.auth.models import User
from django.core.management.base import CommandError

from keyconsole.people.deciding_command import DecidingCommand, Vote
from keyconsole.people.dual_control.kind import kind_called
from keyconsole.people.dual_control.may import could_agree
from keyconsole.people.dual_control.notifications import told_of
from keyconsole.people.dual_control.propose import agree, reject, withdraw
from keyconsole.people.dual_control.sight import proposal_called
from keyconsole.people.models import AccessProposal, AccessState


class Command(DecidingCommand[AccessProposal]):
    help = "What gives power, as proposed: roles that decide, groups of approvers, lifting a freeze."
    metavar, metavar_help = "AR-n", "the proposal, such as AR-12"
    list_help, show_help = "everything that waits", "what it would do, its hash, and who could agree"

    def listed(self) -> str:
        rows = AccessProposal.objects.select_related("proposer").filter(state=AccessState.PROPOSED)
        return "\n".join(map(_first_line, rows)) or "No proposal waits."

    def shown(self, named: str) -> str:
        return "\n".join(_lines(_found(named, seen_by=None)))

    def waiting(self, named: str, *, seen_by: User) -> AccessProposal:
        return _found(named, seen_by=seen_by)

    def agreed(self, proposal: AccessProposal, vote: Vote, *, sha256: str, comment: str) -> str:
        agree(
            proposal, by=vote.by, sha256=sha256, comment=comment, now=vote.now, via=vote.via, proof=vote.proof
        )
        return f"{proposal} is done: {proposal.says}."

    def rejected(self, proposal: AccessProposal, vote: Vote, *, reason: str) -> None:
        reject(proposal, by=vote.by, reason=reason, now=vote.now, via=vote.via)

    def withdrawn(self, proposal: AccessProposal, vote: Vote) -> None:
        withdraw(proposal, by=vote.by, now=vote.now, via=vote.via)


def _found(ref: str, *, seen_by: User | None) -> AccessProposal:
    """For a person who acts, what they may not see is not there; the operator reads everything."""
    proposal = proposal_called(ref, seen_by=seen_by)
    if proposal is None:
        raise CommandError(f"There is no proposal {ref[:80]!r}.", returncode=2)
    return proposal


def _first_line(proposal: AccessProposal) -> str:
    who = f"by {proposal.proposer.username} at {proposal.proposed_at:%Y-%m-%d %H:%M} UTC"
    return f"{proposal}: {proposal.state}, {who}: {proposal.says}"


def _lines(proposal: AccessProposal) -> Iterator[str]:
    yield _first_line(proposal)
    yield f"why: {proposal.why}"
    yield f"sha256 {proposal.sha256}"
    if proposal.state != AccessState.PROPOSED:
        yield f"it {proposal.outcome}, at {proposal.decided_at:%Y-%m-%d %H:%M} UTC"
        return
    able = could_agree(kind_called(proposal.kind), proposal.facts, proposer=proposal.proposer.username)
    yield f"expires at {proposal.expires_at:%Y-%m-%d %H:%M} UTC"
    yield f"could agree: {', '.join(sorted(able)) or 'nobody'}"
    yield from told_of(proposal).sentences(able)
