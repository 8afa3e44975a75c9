"""Whether the people who are there can meet requirements."""

from __future__ import annotations

from collections.abc import Iterable

from keyconsole.aws_accounts.models import AwsAccount
from keyconsole.aws_accounts.roles import Permission
from keyconsole.policies.quorum.requirements import APPROVERS, Requirement, VoteCount, at_best
from keyconsole.policies.quorum.roster import Roster


def group_problem(requirements: Iterable[Requirement], roster: Roster) -> str:
    """The sentence that names the groups that are not there; empty where all are."""
    names = {need.group for need in requirements} - {APPROVERS}
    missing = sorted(names - set(roster.groups))
    return f"There is no group {', '.join(repr(name[:60]) for name in missing)}." if missing else ""


def shortfall(
    requirements: Iterable[Requirement],
    account: AwsAccount | None,
    roster: Roster,
    *,
    second_factor: bool = False,
) -> str:
    """What is missing even if everybody agreed; empty where some requester could be approved.

    `second_factor`: only who has one counts.
    """
    needs = tuple(requirements)
    members = roster.members(needs, account)
    if second_factor:
        members = {group: people & roster.second_factors for group, people in members.items()}
    # The requester never counts. Where some requester approves nothing, or nobody may ask yet, all can agree.
    requesters = roster.who_may(Permission.REQUEST, account)
    approvers = {person for group in members.values() for person in group}
    left_out = [{each} for each in sorted(requesters)] if requesters and requesters <= approvers else [set()]
    counts = (at_best(needs, members=members, without=some) for some in left_out)
    best = min(counts, key=lambda count: count.missing)
    if best.met:
        return ""
    where = f"in {account.name}" if account else "in every account"
    if second_factor:
        return (
            f"Not enough people with a second factor may approve {where}: {missing_words(best)}. "
            "They set one up first."
        )
    return f"Not enough people may approve {where}: {missing_words(best)}."


def missing_words(count: VoteCount) -> str:
    lines = [line for line in count.lines if line.missing]
    return " and ".join(
        f"{line.missing} more from {line.requirement.group or 'its approvers'}" for line in lines
    )
