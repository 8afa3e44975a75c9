"""Who a change waits for, who has agreed, and what time or freeze holds it back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User

from keyconsole.changes.approvals.run_gate import Gate, RunDecision, gate
from keyconsole.changes.authorization import gives_way
from keyconsole.changes.models import Approval, Change, Closing, Rejection, Review
from keyconsole.changes.quorum import Asked, Quorum, quorum_of, rules_of
from keyconsole.changes.states import State
from keyconsole.changes.told import told_of
from keyconsole.policies.schedule import windows
from keyconsole.web.changes.members_asked import members_asked

NAMES_SHOWN = 5


def approval_panel(change: Change, *, person: User, now: datetime) -> dict[str, Any]:
    waits = change.state in {State.PENDING, State.APPROVED}
    quorum = quorum_of(change) if waits or change.is_emergency else None
    asked = quorum.lines if quorum and not change.is_emergency else ()
    held = gate(change, now=now, quorum=quorum) if change.state == State.APPROVED else None
    rules = quorum.rules if quorum else rules_of(change)
    return {
        "quorum": quorum,
        "rules": rules,
        "asked": asked,
        "missing": _missing(quorum) if quorum and _waits_for_approval(change) else (),
        "agreed_of": _counted(asked),
        "told": told_of(change, quorum),
        "held": _holding(change, quorum, held, now),
        "votes": _votes(change, quorum, asked),
        "rejection": _rejection(change),
        "closing": _closing(change),
        "comments": list(change.comments.select_related("author")),
        **_review(change, quorum, now),
        **members_asked(change, person, now=now),
        "gives_way_to": rules.emergency_group if gives_way(change) and not change.is_emergency else "",
    }


def _missing(quorum: Quorum) -> tuple[str, ...]:
    """A sentence each: what nobody can tell or rules stand against, then who is missing, with some names."""
    if quorum.unread:
        return tuple(map(str, quorum.unread))
    lines = [line for line in quorum.lines if line.missing]
    because = dict.fromkeys(line.because for line in lines if line.because)
    return tuple(map(str, (*quorum.unclear, *quorum.refused, *because, *map(_with_some_names, lines))))


def _with_some_names(line: Asked) -> str:
    return replace(line, may_fill=shortened(line.may_fill)).sentence


def shortened(names: Sequence[str]) -> tuple[str, ...]:
    """The first few, and how many others."""
    if len(names) <= NAMES_SHOWN:
        return tuple(names)
    return (*names[:NAMES_SHOWN], f"{len(names) - NAMES_SHOWN} others")


def _counted(asked: Sequence[Asked]) -> str:
    """How many of the places are filled: 1 of 2."""
    wanted = sum(line.requirement.at_least for line in asked)
    return f"{wanted - sum(line.missing for line in asked)} of {wanted}" if wanted else ""


def _waits_for_approval(change: Change) -> bool:
    return change.state == State.PENDING and not change.is_emergency


def _holding(change: Change, quorum: Quorum | None, held: Gate | None, now: datetime) -> Sequence[str]:
    if held is None or quorum is None or held.decision == RunDecision.RUN:
        return ()
    opens, ends = windows.next_common_opening(quorum.all_rules, now), change.approval_expires_at
    if opens and ends and opens >= ends:
        return (*held.reasons, "Its approval ends before that: it will have to be asked for again.")
    return held.reasons


def _votes(change: Change, quorum: Quorum | None, asked: Iterable[Asked]) -> list[tuple[Approval, str]]:
    """Every approval with why it does not count; empty where it does, or where all is decided."""
    filling = {name for line in asked for name in line.filled_by}
    approvals = change.approvals.select_related("approver")
    weak = quorum.votes - quorum.counted if quorum else frozenset()
    return [(approval, _why_not(approval, filling, weak) if asked else "") for approval in approvals]


def _rejection(change: Change) -> Rejection | None:
    if change.state != State.REJECTED:
        return None
    return Rejection.objects.filter(change=change).select_related("rejecter").first()


def _closing(change: Change) -> Closing | None:
    """Who asked to close it as unknown, and who agreed."""
    if not change.overdue_since:
        return None
    return Closing.objects.filter(change=change).select_related("asked_by", "agreed_by").first()


def _why_not(approval: Approval, filling: set[str], weak: frozenset[str]) -> str:
    if approval.withdrawn_at:
        return ""
    if approval.approver.username in weak:
        return "It was proved without a second factor, which the policy asks for by now."
    if approval.approver.username in filling:
        return ""
    return "It fills no place: the places are taken, or who gave it may not approve any more."


def _review(change: Change, quorum: Quorum | None, now: datetime) -> dict[str, Any]:
    if quorum is None or not change.is_emergency:
        return {"review": None}
    owed = Review.objects.filter(change=change).select_related("used_by", "reviewer").first()
    return {
        "review": owed,
        "reviewers": sorted(quorum.reviewers),
        "review_overdue": bool(owed and not owed.reviewed_at and owed.due_at <= now),
    }
