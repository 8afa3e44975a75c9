"""How what is proposed stands, and who may propose, agree, reject or withdraw. Reads, never writes.

What is proposed is a version of a policy, or an edit of an AWS account.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from keyconsole.audit.given_proof import GivenProof, proves_second_factor
from keyconsole.aws_accounts.models import AwsAccount
from keyconsole.aws_accounts.permissions import Person, can, can_somewhere
from keyconsole.aws_accounts.roles import Permission
from keyconsole.people.able_to_prove import can_prove_second_factor
from keyconsole.policies.document.words import FACTOR_MISSING, PROOF_TOO_WEAK
from keyconsole.policies.models import AccountEdit, PolicyVersion, VersionState
from keyconsole.policies.quorum.requirements import Line
from keyconsole.policies.quorum.roster import Roster
from keyconsole.policies.versions.agreement import Agreement
from keyconsole.refusal_codes import Code
from keyconsole.refusals import Reason, Verdict

Proposed = PolicyVersion | AccountEdit


@dataclass(frozen=True, slots=True)
class Tally:
    """One of the agreements that a version needs, as it stands now."""

    agreement: Agreement
    lines: tuple[Line, ...]
    able: Mapping[str, Collection[str]]  # by group: who could agree and has not

    @property
    def still_able(self) -> tuple[str, ...]:
        return tuple(sorted(set().union(*self.able.values())))

    def still_for(self, line: Line) -> tuple[str, ...]:
        """Who could fill what is missing of this requirement."""
        return tuple(sorted(self.able[line.requirement.group])) if line.missing else ()

    @property
    def met(self) -> bool:
        return all(line.missing == 0 for line in self.lines)


def tallies(version: Proposed, *, roster: Roster | None = None) -> list[Tally]:
    roster = roster or Roster.read()
    votes = _votes_with_proof(version)
    proposer = version.proposer.username if version.proposer else ""
    return [
        Tally(
            agreement,
            agreement.count_votes(votes, roster).lines,
            {
                group: people - agreement.counted(votes) - {proposer}
                for group, people in agreement.members(roster).items()
            },
        )
        for agreement in agreements_of(version)
    ]


def votes_that_count(version: Proposed) -> set[str]:
    """Who agreed to exactly this document. Whether they still may is for the roster to say."""
    return set(_votes_with_proof(version))


def _votes_with_proof(version: Proposed) -> dict[str, str]:
    """Those, by name, with how each had proved who they are."""
    agreed = version.votes.filter(agrees=True, sha256=version.sha256)
    votes = dict(agreed.values_list("voter__username", "proof"))
    votes.pop(version.proposer.username if version.proposer else "", None)
    return votes


def agreements_of(version: Proposed) -> list[Agreement]:
    """As they were worked out when it was proposed or last voted on."""
    accounts = {account.account_id: account for account in AwsAccount.objects.all()}
    return [Agreement.from_json(facts, accounts) for facts in version.requirements]


def may_propose(person: Person) -> Verdict:
    allowed = can_somewhere(person, Permission.APPROVE) or can_somewhere(person, Permission.ADMINISTER)
    if allowed:
        return Verdict()
    return Verdict((Reason(Code.MAY_NOT_PROPOSE, "Only approvers and administrators may propose policies."),))


def may_agree(person: Person, version: Proposed) -> Verdict:
    """A vote that a second factor did not prove may be given again where one is asked for by now."""
    reasons = list(_may_vote(person, version))
    wants_factor = _wants_second_factor(version)
    vote = version.votes.filter(voter=person.pk).first()
    if vote and not (vote.agrees and wants_factor and not proves_second_factor(vote.proof)):
        reasons.append(Reason(Code.ALREADY_VOTED, f"You have voted on {version} already."))
    if not reasons and wants_factor and not can_prove_second_factor(person):
        reasons.append(Reason(Code.SECOND_FACTOR_NEEDED, FACTOR_MISSING))
    return Verdict(tuple(reasons))


def why_weak(version: Proposed, proof: GivenProof | None) -> Verdict:
    """Whether an agreement with this proof would count."""
    if (proof and proof.has_second_factor) or not _wants_second_factor(version):
        return Verdict()
    return Verdict((Reason(Code.SECOND_FACTOR_NEEDED, PROOF_TOO_WEAK),))


def _wants_second_factor(version: Proposed) -> bool:
    """Of whoever agrees: a vote proved by less would count for some of the accounts only."""
    return any(facts.get("second_factor") for facts in version.requirements)


def may_reject(person: Person, version: Proposed) -> Verdict:
    """Also after agreeing: a better look may end in a no."""
    return Verdict(_may_vote(person, version))


def may_withdraw(person: Person, version: Proposed) -> Verdict:
    reasons = list(_closed(version))
    if not person.is_active:
        reasons.append(Reason(Code.PERSON_DISABLED, "You can no longer sign in."))
    if person.pk != version.proposer_id and not can(person, Permission.ADMINISTER):
        sentence = "Only who proposed it, or an administrator of every account, may withdraw it."
        reasons.append(Reason(Code.MAY_NOT_WITHDRAW, sentence))
    return Verdict(tuple(reasons))


def _may_vote(person: Person, version: Proposed) -> tuple[Reason, ...]:
    reasons = list(_closed(version))
    if person.pk == version.proposer_id:
        sentence = f"You proposed {version}: others have to decide on it."
        reasons.append(Reason(Code.OWN_PROPOSAL, sentence))
    elif not _is_asked(person, version):
        reasons.append(Reason(Code.NOT_AN_APPROVER, f"{version} does not need your agreement."))
    return tuple(reasons)


def _is_asked(person: Person, version: Proposed) -> bool:
    roster = Roster.read()
    name = person.get_username()
    return any(name in agreement.voters(roster) for agreement in agreements_of(version))


def _closed(version: Proposed) -> tuple[Reason, ...]:
    if version.state == VersionState.PROPOSED:
        return ()
    return (Reason(Code.NOT_OPEN, f"{version} is {version.state}."),)
