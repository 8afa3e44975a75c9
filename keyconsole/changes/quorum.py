"""Whose approvals count for a change at this moment, and who is waited for. Reads, never writes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from keyconsole.changes.models import Change
from keyconsole.policies.document.parse import stored_rules
from keyconsole.policies.document.rules import DEFAULT, Rules
from keyconsole.policies.quorum.membership import members_for
from keyconsole.policies.quorum.requirements import Requirement, VoteCount, count_votes


def rules_of(change: Change) -> Rules:
    """The rules that were pinned when the change was asked for."""
    return stored_rules(change.rules)


def needs_of(change: Change) -> tuple[Requirement, ...]:
    """What must be met. A policy that asks nobody is refused when written, and would not pass here either."""
    rules = rules_of(change)
    if not rules.needs_approval:
        return ()
    return tuple(need for need in rules.requirements if need.at_least > 0) or DEFAULT.requirements


def members_of(change: Change) -> dict[str, set[str]]:
    """By group, who may vote now. The requester never counts, whatever groups hold them."""
    members = members_for(needs_of(change), change.key.account)
    return {group: people - {change.requester.username} for group, people in members.items()}


def reviewers_of(change: Change) -> set[str]:
    """Who judges an emergency afterwards: who would have been asked; an approver where nobody would have."""
    members = members_for(needs_of(change) or DEFAULT.requirements, change.key.account)
    return set().union(*members.values()) - {change.requester.username}


def standing_of(change: Change) -> VoteCount:
    """Only approvals of this very plan count, and only from those who may still vote."""
    approvals = change.approvals.not_withdrawn().filter(plan_sha256=change.plan_sha256)
    votes = set(approvals.values_list("approver__username", flat=True))
    return count_votes(needs_of(change), votes=votes, members=members_of(change))


@dataclass(frozen=True, slots=True)
class Asked:
    requirement: Requirement
    filled_by: tuple[str, ...]
    may_fill: tuple[str, ...]  # who may vote for it now and has not

    @property
    def missing(self) -> int:
        return self.requirement.at_least - len(self.filled_by)

    @property
    def sentence(self) -> str:
        """Empty where nobody is waited for any more."""
        if not self.missing:
            return ""
        who = self.requirement.group or "the account's approvers"
        return f"{self.missing} more of {who}: {' or '.join(self.may_fill) or 'nobody is there'}."


def asked_of(change: Change) -> tuple[Asked, ...]:
    members = members_of(change)
    lines = standing_of(change).lines
    voted = {person for line in lines for person in line.filled_by}
    return tuple(
        Asked(
            line.requirement,
            line.filled_by,
            tuple(sorted(members.get(line.requirement.group, set()) - voted)),
        )
        for line in lines
    )


def still_waits_for(asked: Iterable[Asked]) -> str:
    return " ".join(filter(None, (each.sentence for each in asked)))
