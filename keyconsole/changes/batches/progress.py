"""How a batch stands: its lines, how many of each state, and who is still needed. Reads the database only."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from keyconsole.changes.models import Approval, Batch, Change
from keyconsole.changes.quorum import rules_of
from keyconsole.changes.states import CLOSED, IN_FLIGHT, State
from keyconsole.policies.quorum.requirements import VoteCount, count_votes
from keyconsole.policies.quorum.roster import Members, Roster


@dataclass(frozen=True, slots=True)
class BatchLine:
    change: Change
    word: str  # the state, and for an approved one whether its turn has come
    note: str


@dataclass(frozen=True, slots=True)
class Needed:
    """What some lines still need: how many from which group, and who may give it."""

    policy: str
    lines: int
    missing: str
    people: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BatchProgress:
    lines: Sequence[BatchLine]
    counts: Mapping[str, int]
    needed: Sequence[Needed]

    @property
    def total(self) -> int:
        return len(self.lines)

    @property
    def closed(self) -> int:
        return sum(line.change.state in CLOSED for line in self.lines)

    @property
    def in_flight(self) -> bool:
        return any(line.change.state in IN_FLIGHT or _has_turn(line.change) for line in self.lines)


def batch_progress(batch: Batch, lines: Sequence[Change]) -> BatchProgress:
    """`lines`: those to be shown, with their keys and accounts. A fixed number of queries."""
    counts = Counter(line.state for line in lines)
    return BatchProgress(
        lines=[BatchLine(line, _word(line), _note(line)) for line in lines],
        counts={state.replace("_", " "): counts[state] for state in State if counts[state]},
        needed=_needed(batch, [line for line in lines if line.state == State.PENDING]),
    )


def _has_turn(line: Change) -> bool:
    return line.state == State.APPROVED and line.released_at is not None


def _word(line: Change) -> str:
    return "its turn has come" if _has_turn(line) else ""


def _note(line: Change) -> str:
    """What needs no word beside its state, and stands above for the whole batch, is left out."""
    return "" if line.state in {State.DONE, State.CANCELLED} else line.outcome


def _needed(batch: Batch, pending: Sequence[Change]) -> list[Needed]:
    if not pending:
        return []
    roster, votes = Roster.read(), _votes(batch)
    groups: dict[tuple[str, str, tuple[str, ...]], int] = defaultdict(int)
    for line in pending:
        rules = rules_of(line)
        members = _members(roster, line, requester=batch.requester.username)
        stands = count_votes(rules.requirements, votes=votes.get(line.pk, set()), members=members)
        groups[rules.name, _missing(stands), _people(stands, members)] += 1
    return [Needed(policy, count, missing, people) for (policy, missing, people), count in groups.items()]


def _members(roster: Roster, line: Change, *, requester: str) -> Members:
    members = roster.members(rules_of(line).requirements, line.key.account)
    return {group: people - {requester} for group, people in members.items()}


def _votes(batch: Batch) -> dict[int, set[str]]:
    votes: dict[int, set[str]] = defaultdict(set)
    given = Approval.objects.not_withdrawn().filter(change__batch=batch)
    for change, approver in given.values_list("change", "approver__username"):
        votes[change].add(approver)
    return votes


def _missing(stands: VoteCount) -> str:
    lines = [line for line in stands.lines if line.missing]
    return " and ".join(f"{line.missing} of {line.requirement.group or 'the approvers'}" for line in lines)


def _people(stands: VoteCount, members: Mapping[str, Iterable[str]]) -> tuple[str, ...]:
    given = {person for line in stands.lines for person in line.filled_by}
    groups = [line.requirement.group for line in stands.lines if line.missing]
    return tuple(sorted({person for group in groups for person in members.get(group, ())} - given))
