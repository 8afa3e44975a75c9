"""Everything that the page of one change shows, read from the database. Asks AWS nothing, writes nothing."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User

from keyconsole.audit.events import Event
from keyconsole.audit.models import Entry
from keyconsole.changes.execution.progress import Side, progress
from keyconsole.changes.kinds.parts import Explanation
from keyconsole.changes.kinds.registry import kind_of
from keyconsole.changes.models import Answer, Attempt, Change
from keyconsole.changes.requests.afterwards import moved_since
from keyconsole.changes.states import IN_FLIGHT, State, in_words
from keyconsole.changes.told import version_of_told
from keyconsole.policies.document.rules import Rules
from keyconsole.web.changes.approval_panel import approval_panel
from keyconsole.web.changes.decision import decision
from keyconsole.web.changes.rounds import folded, regions_of
from keyconsole.web.changes.stepper import AGREED, CONFIRMED, SKIPPED, Step, steps
from keyconsole.web.changes.tab import tab_icon
from keyconsole.web.changes.timeline import timeline
from keyconsole.web.pictures.move import Move, MoveSide, Stage
from keyconsole.web.statuses import CHANGE_STATES

# What came back, in the words of the page: word, icon and tone.
ANSWERS = {
    Answer.NONE_YET: ("No answer yet", "clock", "moving"),
    Answer.SUCCESS: ("AWS accepted the call", "check", "ok"),
    Answer.REFUSED: ("AWS refused the call", "cross", "danger"),
    Answer.LOST: ("The answer was lost", "question", "unknown"),
    Answer.NOT_SENT: ("Nothing reached AWS", "stop", "neutral"),
}
NO_ANSWER = ("No answer came", "question", "unknown")
# The words of the looks for what a check answered.
CHECK_WORDS = {"warn": "warning", "fail": "refused"}
# The tone of the one sentence at the top.
TONES = {
    State.PENDING: "attention",
    State.APPROVED: "neutral",
    State.EXECUTING: "moving",
    State.SETTLING: "moving",
    State.DONE: "ok",
    State.REJECTED: "neutral",
    State.CANCELLED: "neutral",
    State.EXPIRED: "neutral",
    State.STALE: "attention",
    State.NOT_APPLIED: "danger",
    State.UNKNOWN: "unknown",
}


def change_page(change: Change, *, person: User, now: datetime) -> dict[str, Any]:
    attempt = Attempt.objects.filter(change=change).first()
    observations = list(change.observations.all())
    entries = list(Entry.objects.filter(subject=change.ref).order_by("-number"))
    panel = approval_panel(change, person=person, now=now)
    decided = decision(change, panel, person=person, now=now)
    checks = _checks_when_requested(entries)
    return {
        "change": change,
        "kind": kind_of(change),
        **panel,
        **decided,
        "poll": poll_of(change, held=bool(panel["held"])),
        "tone": TONES[State(change.state)],
        "tab_icon": tab_icon(change.state),
        "tab_title": f"{change.ref} · {_tab_word(change, decided)}",
        "state_words": in_words(change.state),
        "steps": _steps(change, attempt, entries, panel["rules"]),
        **_elapsed(change, attempt, now),
        "since_moved_by": moved_since(change),
        **_progress(change),
        **_call(change, attempt),
        "rounds": folded(observations, called_at=attempt.started_at if attempt else None),
        "observed_regions": regions_of(observations),
        "timeline": timeline(entries),
        "checks": checks,
        "checks_passed": sum(check["answer"] == "ok" for check in checks),
        "checks_not_ok": [check for check in checks if check["answer"] != "ok"],
        "approved_alone": _approved_alone(entries),
        "plan_text": plan_text(change),
        "superseded": list(change.supersedes.select_related("requester")) if change.is_emergency else [],
    }


def version_of(change: Change) -> str:
    """Grows with everything that the page shows: the change itself, and what became of its messages."""
    return f"{change.version}.{found}" if (found := version_of_told(change)) else str(change.version)


def plan_text(change: Change) -> str:
    return json.dumps(change.plan, indent=2, sort_keys=True, ensure_ascii=False)


def poll_of(change: Change, *, held: bool) -> str:
    """How often the page asks whether anything is new; empty where there is nothing left to wait for.

    Most answers are empty and cost one read of its row: so what waits for people is told soon as well.
    """
    if not change.is_open:
        return ""
    return "5s" if held or change.state == State.PENDING else "2s"


def _tab_word(change: Change, decided: Mapping[str, Any]) -> str:
    return "Needs you" if "approve" in decided["offers"] else CHANGE_STATES[change.state].word


def _steps(change: Change, attempt: Attempt | None, entries: Sequence[Entry], rules: Rules) -> Sequence[Step]:
    agreed = AGREED if rules.needs_approval else CONFIRMED
    if change.is_emergency and change.state != State.PENDING:
        agreed = SKIPPED
    closed_from = next((str(entry.data["from"]) for entry in entries if _ended_it(entry, change)), "")
    return steps(change, attempt, closed_from=closed_from, agreed=agreed)


def _ended_it(entry: Entry, change: Change) -> bool:
    return entry.data.get("to") == change.state and "from" in entry.data


def _elapsed(change: Change, attempt: Attempt | None, now: datetime) -> dict[str, Any]:
    """Since when it moves, and how long that is or was: from the call, or from when a worker took it."""
    began = attempt.started_at if attempt else change.state_since
    if change.state in IN_FLIGHT:
        return {"moving_since": began, "moved_for": now - began}
    if change.state == State.DONE and attempt and change.closed_at:
        return {"moving_since": None, "moved_for": change.closed_at - attempt.started_at}
    return {"moving_since": None, "moved_for": None}


def _progress(change: Change) -> dict[str, Any]:
    found = progress(change)
    picture = Move(
        tuple(_move_side(side, found.next_look_at) for side in found.sides),
        found.moving,
        Stage.OPEN if change.is_open else Stage.CLOSED,
        was_done=change.state == State.DONE,
    )
    return {"progress": found, "picture": picture}


def _move_side(side: Side, next_look_at: datetime | None) -> MoveSide:
    return MoveSide(
        region=side.region,
        role_before=side.role_before,
        role_now=side.role_now,
        role_after=side.role_after,
        state_now=side.state_now,
        last_look=side.last_look_at,
        next_look=next_look_at,
        note=side.problem,
        state_before=side.state_before,
        visibility=side.sight,
    )


def _call(change: Change, attempt: Attempt | None) -> dict[str, Any]:
    if attempt is None:
        return {"attempt": None}
    word, icon, tone = ANSWERS[Answer(attempt.answer)]
    explanation = kind_of(change).explain(attempt)
    if not change.is_open and attempt.answer in {Answer.NONE_YET, Answer.LOST}:
        word, icon, tone = NO_ANSWER
        explanation = Explanation("No answer came from AWS; what was seen afterwards decided.", "", "")
    return {
        "attempt": attempt,
        "answer_word": word,
        "answer_icon": icon,
        "answer_tone": tone,
        "explanation": explanation,
    }


def _checks_when_requested(entries: list[Entry]) -> list[dict[str, str]]:
    """The preflight as it was when the change was asked for, from the record."""
    requested = (entry.data.get("preflight") for entry in entries if entry.event == Event.CHANGE_REQUESTED)
    checks = next(requested, None) or []
    return [{**check, "answer": CHECK_WORDS.get(check["answer"], check["answer"])} for check in checks]


def _approved_alone(entries: list[Entry]) -> bool:
    return any(
        entry.data.get("rule") == "confirm" for entry in entries if entry.event == Event.CHANGE_APPROVED
    )
