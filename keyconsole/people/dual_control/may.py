"""Who may propose what gives power, agree to it, reject it or take it back. Reads, never writes."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.models import User

from keyconsole.aws_accounts.permissions import can
from keyconsole.aws_accounts.roles import Permission
from keyconsole.people.dual_control.alone import may_act_alone
from keyconsole.people.dual_control.kind import Facts, Kind, kind_called
from keyconsole.people.models import AccessProposal, AccessState
from keyconsole.refusal_codes import Code
from keyconsole.refusals import Reason, Verdict


def could_agree(kind: Kind, facts: Facts, *, proposer: str) -> set[str]:
    """Who else could agree to it now."""
    return kind.deciders(facts) - kind.gainers(facts) - {proposer}


def may_propose(person: User, kind: Kind, facts: Facts, *, now: datetime) -> Verdict:
    name = person.get_username()
    if name not in kind.deciders(facts):
        # Not what it says: that could name an account which they may not see.
        return Verdict((Reason(Code.MAY_NOT_PROPOSE, "You may not decide about this."),))
    if name in kind.gainers(facts):
        return Verdict((_own_gain(kind.says(facts)),))
    if problem := kind.problem(facts):
        return Verdict((Reason(Code.NOTHING_NEW, problem),))
    until = kind.until(facts)
    if until and until <= now:
        return Verdict((Reason(Code.TIME_PASSED, "The end that was chosen has passed."),))
    return Verdict()


def why_not_proposed(person: User, kind: Kind, facts: Facts, *, now: datetime) -> tuple[Reason, ...]:
    """What would be refused if it were proposed now; for a page that shows it before."""
    reasons = may_propose(person, kind, facts, now=now).reasons
    if reasons or could_agree(kind, facts, proposer=person.get_username()):
        return reasons
    return may_act_without_a_second(person, kind, facts).reasons


def may_act_without_a_second(person: User, kind: Kind, facts: Facts) -> Verdict:
    """Where nobody else could agree."""
    if may_act_alone(person, deciders_ever=kind.deciders_ever()):
        return Verdict()
    sentence = (
        f"Nobody else could agree to this: {kind.says(facts)}. One alone does that only where there never "
        "was a second. A second person has to be found, or it is done at the server's terminal."
    )
    return Verdict((Reason(Code.NOBODY_COULD_APPROVE, sentence),))


def may_agree(person: User, proposal: AccessProposal) -> Verdict:
    kind, name = kind_called(proposal.kind), person.get_username()
    reasons = list(_may_decide(person, proposal))
    if not reasons and name in kind.gainers(proposal.facts):
        reasons.append(_own_gain(proposal.says))
    return Verdict(tuple(reasons))


def may_reject(person: User, proposal: AccessProposal) -> Verdict:
    return Verdict(_may_decide(person, proposal))


def may_withdraw(person: User, proposal: AccessProposal) -> Verdict:
    reasons = list(_closed(proposal))
    is_theirs = person.pk == proposal.proposer_id and person.is_active
    if not is_theirs and not can(person, Permission.ADMINISTER):
        sentence = "Only who proposed it, or an administrator of every account, may withdraw it."
        reasons.append(Reason(Code.MAY_NOT_WITHDRAW, sentence))
    return Verdict(tuple(reasons))


def _may_decide(person: User, proposal: AccessProposal) -> tuple[Reason, ...]:
    reasons = list(_closed(proposal))
    if person.pk == proposal.proposer_id:
        reasons.append(Reason(Code.OWN_PROPOSAL, f"You proposed {proposal}: another has to decide on it."))
    elif person.get_username() not in kind_called(proposal.kind).deciders(proposal.facts):
        reasons.append(Reason(Code.NOT_AN_APPROVER, f"{proposal} does not need your agreement."))
    return tuple(reasons)


def _own_gain(says: str) -> Reason:
    sentence = f"Nobody gives anything to themselves. Another has to decide on this: {says}."
    return Reason(Code.OWN_GAIN, sentence)


def _closed(proposal: AccessProposal) -> tuple[Reason, ...]:
    if proposal.state == AccessState.PROPOSED:
        return ()
    return (Reason(Code.NOT_OPEN, f"{proposal} is {proposal.state}."),)
