"""One proposal: what it would change for whom, who could agree, who was told, and what this person may do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.auth.models import User

from keyconsole.people.dual_control.kind import kind_called
from keyconsole.people.dual_control.may import could_agree, may_agree, may_reject, may_withdraw
from keyconsole.people.dual_control.notifications import told_afterwards, told_of
from keyconsole.people.models import AccessProposal, AccessState
from keyconsole.refusals import Verdict
from keyconsole.text import listed
from keyconsole.web.access_proposals.effects import Difference, differences_of

NAMES_SHOWN = 12


@dataclass(frozen=True, slots=True)
class ShownProposal:
    row: AccessProposal
    differences: Sequence[Difference]  # only while it waits: afterwards it would compare with today
    able: str  # who could agree now; empty for nobody
    told: Sequence[str]
    agree: Verdict
    reject: Verdict
    withdraw: Verdict

    @property
    def waits(self) -> bool:
        return self.row.state == AccessState.PROPOSED


def shown(proposal: AccessProposal, person: User) -> ShownProposal:
    waits = proposal.state == AccessState.PROPOSED
    kind, proposer = kind_called(proposal.kind), proposal.proposer.username
    able = could_agree(kind, proposal.facts, proposer=proposer) if waits else set()
    return ShownProposal(
        row=proposal,
        differences=differences_of(proposal) if waits else (),
        able=named(sorted(able)),
        told=told_of(proposal).sentences(able) if waits else told_afterwards(proposal),
        agree=may_agree(person, proposal),
        reject=may_reject(person, proposal),
        withdraw=may_withdraw(person, proposal),
    )


def proposed_words(proposal: AccessProposal) -> str:
    """What to tell who has just proposed it."""
    if proposal.state == AccessState.APPLIED:
        return f"{proposal} {proposal.outcome}. It is done."
    sentences = [f"{proposal} is proposed. Nothing is changed until another person agrees."]
    return " ".join([*sentences, *told_of(proposal).sentences()])


def named(names: Sequence[str]) -> str:
    more = len(names) - NAMES_SHOWN
    return listed([*names[:NAMES_SHOWN], f"{more} more"] if more > 0 else names, "or")
