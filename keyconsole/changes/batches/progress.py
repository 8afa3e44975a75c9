"""How a batch stands: its lines, how many of each state, and who is still needed. Reads the database only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from keyconsole.changes.models import Batch, Change
from keyconsole.changes.quorum import Quorum, quorums_of
from keyconsole.changes.states import CLOSED, IN_FLIGHT, State


@dataclass(frozen=True, slots=True)
class BatchLine:
    change: Change
    word: str  # the state, and for an approved one whether its turn has come
    note: str


@dataclass(frozen=True, slots=True)
class Needed:
    """What some lines still need: how many from which group, and who may give it.

    `because`: which of today's rules asks for more than those of the request, or stands against them.
    `unread`: why nobody can tell what they need, where that is so.
    """

    policy: str
    lines: int
    missing: str
    people: tuple[str, ...]
    unread: str
    because: str


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
    if line.superseded_by_id:
        return line.outcome
    return "" if line.state in {State.DONE, State.CANCELLED} else line.outcome


def _needed(batch: Batch, pending: Sequence[Change]) -> list[Needed]:
    quorums = quorums_of(batch.changes.filter(state=State.PENDING)) if pending else {}
    found = [quorums[line.pk] for line in pending if line.pk in quorums]
    alike = Counter(
        (each.rules.name, _missing(each), _people(each), " ".join(each.unread), _because(each))
        for each in found
    )
    return [
        Needed(policy, count, missing, people, unread, because)
        for (policy, missing, people, unread, because), count in alike.items()
    ]


def _because(quorum: Quorum) -> str:
    return " ".join(filter(None, (quorum.tightened, *quorum.unclear, *quorum.refused)))


def _missing(quorum: Quorum) -> str:
    lines = [line for line in quorum.lines if line.missing]
    return " and ".join(f"{line.missing} of {line.requirement.group or 'the approvers'}" for line in lines)


def _people(quorum: Quorum) -> tuple[str, ...]:
    return tuple(sorted({person for line in quorum.lines if line.missing for person in line.may_fill}))
