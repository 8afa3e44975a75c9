"""How a batch stands, for the top of its page: one word, its sentence and its steps. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from keyconsole.changes.batches.progress import BatchProgress
from keyconsole.changes.models import Batch
from keyconsole.changes.states import State
from keyconsole.web.changes.stepper import AGREED, Step
from keyconsole.web.statuses import Style

_WORDS = ("Asked", "Agreed", "Moving", "Done")
_STYLES = {
    "pending": Style("Pending", "clock", "attention"),
    "approved": Style("Approved", "clock", "neutral"),
    "moving": Style("Moving", "moving", "moving"),
    "stopped": Style("Stopped", "stop", "attention"),
    "done": Style("Done", "check", "ok"),
    "ended": Style("Ended", "alert", "attention"),
}
_HEADLINES = {
    "pending": "Nothing runs before every key is approved.",
    "approved": "The next wave begins as soon as nothing holds it back.",
    "moving": "Encryption and decryption go on in every Region.",
    "done": "Every key was moved.",
    "ended": "Not every key was moved: each change below says why.",
}


@dataclass(frozen=True, slots=True)
class Standing:
    state: str
    style: Style
    headline: str
    steps: Sequence[Step]


def standing(batch: Batch, progress: BatchProgress) -> Standing:
    state = _state(batch, progress)
    shown = _STYLES[state]
    headline = batch.stopped_why if state == "stopped" else _HEADLINES[state]
    return Standing(state, shown, headline, _steps(state, shown, progress))


def _state(batch: Batch, progress: BatchProgress) -> str:
    if batch.stopped_at:
        return "stopped"
    if batch.ended_at:
        return "done" if all(line.change.state == State.DONE for line in progress.lines) else "ended"
    if any(line.change.state == State.PENDING for line in progress.lines):
        return "pending"
    begun = progress.in_flight or progress.closed
    return "moving" if begun else "approved"


def _steps(state: str, shown: Style, progress: BatchProgress) -> Sequence[Step]:
    """What stopped it or ended it otherwise is the last step, after those that some line has reached."""
    reached = 1 + _was_agreed(progress) + _was_sent(progress)
    if state in {"done", "stopped", "ended"}:
        past = 3 if state == "done" else reached
        return [*map(_past, _WORDS[:past]), Step(shown.word, shown.icon, shown.tone, is_current=True)]
    current = {"pending": 1, "approved": 2, "moving": 2}[state]
    now = Step(_WORDS[current], shown.icon, shown.tone, is_current=True)
    return [*map(_past, _WORDS[:current]), now, *map(Step, _WORDS[current + 1 :])]


def _past(word: str) -> Step:
    return Step(word, AGREED.icon, AGREED.tone, is_past=True)


def _was_agreed(progress: BatchProgress) -> bool:
    return any(line.change.state not in _NEVER_AGREED for line in progress.lines)


def _was_sent(progress: BatchProgress) -> bool:
    sent = {State.SETTLING, State.DONE, State.NOT_APPLIED, State.UNKNOWN}
    return any(line.change.state in sent for line in progress.lines)


# A line that ended so may have been approved before: only what surely was counts.
_NEVER_AGREED = frozenset({State.PENDING, State.REJECTED, State.CANCELLED, State.EXPIRED, State.STALE})
