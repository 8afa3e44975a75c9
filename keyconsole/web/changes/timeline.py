"""Audit entries as a timeline: an icon and a tone for each event, and what its data says to a reader.

Shows what was recorded, word for word. Never adds to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from keyconsole.audit.canonical import canonical_json
from keyconsole.audit.events import Event
from keyconsole.audit.models import Entry

_STYLES: dict[str, tuple[str, str]] = {
    Event.CHANGE_REQUESTED: ("plus", "neutral"),
    Event.CHANGE_APPROVED: ("check", "ok"),
    Event.CHANGE_APPROVAL_GIVEN: ("check", "neutral"),
    Event.CHANGE_APPROVAL_WITHDRAWN: ("arrow-down", "attention"),
    Event.CHANGE_BACK_TO_PENDING: ("clock", "attention"),
    Event.CHANGE_REJECTED: ("cross", "danger"),
    Event.CHANGE_EXPIRED: ("wait", "neutral"),
    Event.CHANGE_RUN_ASKED: ("arrow-right", "neutral"),
    Event.EMERGENCY_USED: ("alert", "danger"),
    Event.EMERGENCY_MEMBER_ASKED: ("wait", "attention"),
    Event.EMERGENCY_AGREED: ("check", "attention"),
    Event.CHANGE_SUPERSEDED: ("stop", "attention"),
    Event.EMERGENCY_REVIEWED: ("eye", "neutral"),
    Event.BATCH_REQUESTED: ("plus", "neutral"),
    Event.BATCH_APPROVAL_GIVEN: ("check", "neutral"),
    Event.BATCH_WAVE_BEGUN: ("arrow-right", "moving"),
    Event.BATCH_STOPPED: ("stop", "danger"),
    Event.BATCH_REJECTED: ("cross", "danger"),
    Event.BATCH_CANCELLED: ("stop", "neutral"),
    Event.BATCH_ENDED: ("check", "neutral"),
    Event.CHANGE_COMMENTED: ("user", "neutral"),
    Event.CHANGE_CANCELLED: ("stop", "neutral"),
    Event.CHANGE_CLAIMED: ("clock", "neutral"),
    Event.CHANGE_COULD_NOT_LOOK: ("question", "unknown"),
    Event.CHANGE_STALE: ("alert", "attention"),
    Event.CHANGE_EXECUTION_STARTED: ("arrow-right", "moving"),
    Event.CHANGE_ANSWERED: ("info", "neutral"),
    Event.CHANGE_SETTLING: ("moving", "moving"),
    Event.CHANGE_OVERDUE: ("alert", "attention"),
    Event.CHANGE_DONE: ("check", "ok"),
    Event.CHANGE_NOT_APPLIED: ("cross", "danger"),
    Event.CHANGE_CLOSE_ASKED: ("question", "attention"),
    Event.CHANGE_UNKNOWN: ("question", "unknown"),
}
# The page shows these elsewhere, or the sentence of the event already says them.
_SAID_ELSEWHERE = frozenset(
    {
        "kind",
        "alias",
        "key_id",
        "key_arn",
        "plan",
        "plan_sha256",
        "preflight",
        "from",
        "to",
        "from_region",
        "to_region",
        "ticket",
        "policy",
        "rules",
    }
)
# Worth a word only where it was another way, such as the command line.
_ORDINARY_WAY = ("via", "page")


@dataclass(frozen=True, slots=True)
class Moment:
    entry: Entry
    icon: str
    tone: str
    facts: tuple[tuple[str, str], ...]

    @property
    def title(self) -> str:
        """What happened, as one or two words: Execution started, Emergency used."""
        words = self.entry.event.removeprefix("change.").replace(".", " ").replace("_", " ")
        return words.capitalize()


def timeline(entries: Iterable[Entry]) -> list[Moment]:
    return [_moment(entry) for entry in entries]


def readable(data: Mapping[str, Any], *, without: frozenset[str] = frozenset()) -> Iterator[tuple[str, str]]:
    """Each thing in an entry's data as a name and a text; what is empty is left out."""
    for name, value in data.items():
        if name not in without and value not in (None, "", [], {}):
            yield name.replace("_", " "), _as_text(value)


def _moment(entry: Entry) -> Moment:
    icon, tone = _STYLES.get(entry.event, ("info", "neutral"))
    facts = readable(entry.data, without=_SAID_ELSEWHERE)
    return Moment(entry, icon, tone, tuple(fact for fact in facts if fact != _ORDINARY_WAY))


def _as_text(value: object) -> str:
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return " ".join(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value if isinstance(value, str) else canonical_json(value)
