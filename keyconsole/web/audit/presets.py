"""The few views of the record that people come for, by the events that each keeps."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q

from keyconsole.audit.events import Event

_PEOPLE = frozenset({"person", "session", "factor", "factors", "token", "role", "group", "access", "sso"})
_PASSING = frozenset(
    {Event.CHANGE_CLAIMED, Event.CHANGE_COULD_NOT_LOOK, Event.CHANGE_SETTLING, Event.CHANGE_OVERDUE}
)
_MOVES = frozenset(
    {
        Event.KEY_PRIMARY_MOVED,
        Event.CHANGE_EXECUTION_STARTED,
        Event.CHANGE_ANSWERED,
        Event.CHANGE_DONE,
        Event.CHANGE_NOT_APPLIED,
        Event.CHANGE_UNKNOWN,
    }
)
_DECIDING = frozenset({"change", "batch", "emergency", "policy", "freeze", "access"})
_EDITS = frozenset(event for event in Event if event.value.startswith("account.edit_"))


def noun_of(event: str) -> str:
    return event.partition(".")[0]


def _of(nouns: frozenset[str]) -> frozenset[Event]:
    return frozenset(event for event in Event if noun_of(event) in nouns)


@dataclass(frozen=True, slots=True)
class Preset:
    name: str
    word: str
    events: frozenset[Event] = frozenset()
    without: str = ""  # the beginning of what it leaves out

    @property
    def condition(self) -> Q:
        if self.without:
            return ~Q(event__startswith=self.without)
        return Q(event__in=sorted(event.value for event in self.events)) if self.events else Q()


PRESETS = (
    Preset("", "Everything"),
    Preset("decisions", "Decisions", (_of(_DECIDING) | _EDITS) - _MOVES - _PASSING),
    Preset("moves", "Moves", _MOVES),
    Preset("people", "People", _of(_PEOPLE)),
    Preset("no-scans", "Everything but scans", without="scan."),
)
BY_NAME = {preset.name: preset for preset in PRESETS}
