"""Where a change stands, as steps: asked, agreed, sent, settling, done. Pure.

An end that is not done stands as the last step, after those that were really reached.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import IntEnum

from keyconsole.changes.models import Answer, Attempt, Change
from keyconsole.changes.states import CLOSED, State
from keyconsole.web.statuses import CHANGE_STATES


class Reached(IntEnum):
    """How far it came, in their order."""

    ASKED = 0
    AGREED = 1
    SENT = 2
    SETTLING = 3
    DONE = 4


@dataclass(frozen=True, slots=True)
class Step:
    """`icon` and `tone` are empty for what is still to come."""

    word: str
    icon: str = ""
    tone: str = ""
    is_past: bool = False
    is_current: bool = False


# How the second step is called, and how it looks once it is past.
AGREED = Step("Agreed", "check", "ok", is_past=True)
CONFIRMED = replace(AGREED, word="Confirmed")
SKIPPED = Step("Approval skipped", "skip", "danger", is_past=True)

# What is waited for in each open state.
_CURRENT = {
    State.PENDING: Reached.AGREED,
    State.APPROVED: Reached.SENT,
    State.EXECUTING: Reached.SENT,
    State.SETTLING: Reached.SETTLING,
}
# What had been reached where it was closed from.
_BEFORE = {
    State.PENDING: Reached.ASKED,
    State.APPROVED: Reached.AGREED,
    State.EXECUTING: Reached.AGREED,
    State.SETTLING: Reached.SETTLING,
}


def steps(
    change: Change, attempt: Attempt | None, *, closed_from: str, agreed: Step = AGREED
) -> Sequence[Step]:
    """`closed_from`: the state before the last; empty where it is open, or the record does not say."""
    every = (_past("Asked"), agreed, _past("Sent"), _past("Settling"))
    if change.state == State.DONE:
        return [*every, _end(change)]
    if change.state in CLOSED:
        return [*every[: _reached(closed_from, attempt) + 1], _end(change)]
    current = _CURRENT[State(change.state)]
    coming = (*(step.word for step in every), "Done")[current + 1 :]
    return [*every[:current], _now(every[current].word, change), *map(Step, coming)]


def _past(word: str) -> Step:
    return replace(AGREED, word=word)


def _now(word: str, change: Change) -> Step:
    """What is waited for. Once approved nothing moves yet."""
    if change.state == State.APPROVED:
        return Step(word, "clock", "neutral", is_current=True)
    shown = CHANGE_STATES[change.state]
    return Step(word, shown.icon, shown.tone, is_current=True)


def _end(change: Change) -> Step:
    shown = CHANGE_STATES[change.state]
    word = "Closed as unknown" if change.state == State.UNKNOWN else shown.word
    return Step(word, shown.icon, shown.tone, is_current=True)


def _reached(closed_from: str, attempt: Attempt | None) -> Reached:
    known = _BEFORE[State(closed_from)] if closed_from in set(_BEFORE) else Reached.ASKED
    if attempt is None:
        return min(known, Reached.AGREED)
    return max(known, Reached.AGREED if attempt.answer == Answer.NOT_SENT else Reached.SENT)
