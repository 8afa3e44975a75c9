"""How what is proposed stands, and who may propose, agree, reject or withdraw. Reads, never writes.

What is proposed is a version of a policy, or an edit of an AWS account.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from keyconsole.aws_accounts.models import AwsAccount
from keyconsole.aws_accounts.permissions import Person, can, can_somewhere
from keyconsole.aws_accounts.roles import Permission
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
    votes = votes_that_count(version)
    proposer = version.proposer.username if version.proposer else ""
    return [
        Tally(
            agreement,
            agreement.count_votes(votes, roster).lines,
            {group: people - votes - {proposer} for group, people in agreement.members(roster).items()},
        )
        for agreement in agreements_of(version)
    ]


def votes_that_count(version: Proposed) -> set[str]:
    """Who agreed to exactly this document. Whether they still may is for the roster to say."""
    agreed = version.votes.filter(agrees=True, sha256=version.sha256)
    names = set(agreed.values_list("voter__username", flat=True))
    return names - {version.proposer.username if version.proposer else ""}


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
    reasons = list(_may_vote(person, version))
    if version.votes.filter(voter=person.pk).exists():
        reasons.append(Reason(Code.ALREADY_VOTED, f"You have voted on {version} already."))
    return Verdict(tuple(reasons))


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
