"""The icon of the browser's tab, by how a change or a batch stands: seen without opening the tab."""

from __future__ import annotations

from django.templatetags.static import static

from keyconsole.changes.states import State
from keyconsole.web.statuses import CHANGE_STATES

# Tones that have an icon of their own; what is at rest has the product's.
_TONES = frozenset({"attention", "moving", "ok", "danger", "unknown"})


def tab_icon(state: str) -> str:
    """Approved is no end: its check mark would look like one."""
    return icon_of_tone("" if state == State.APPROVED else CHANGE_STATES[state].tone)


def icon_of_tone(tone: str) -> str:
    return static(f"tab-{tone}.svg" if tone in _TONES else "logo.svg")
