"""Who is waited for: each requirement of a change, who fills it and who still may. Reads, never writes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from keyconsole.changes.models import Change
from keyconsole.changes.standing import members_of, standing_of
from keyconsole.policies.requirements import Requirement


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
