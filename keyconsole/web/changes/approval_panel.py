"""Who a change waits for, who has agreed, what time or freeze holds it back, and what this person may do."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.contrib.auth.models import User

from keyconsole.changes.actions.action import Words
from keyconsole.changes.approvals.run_gate import Gate, RunDecision, gate
from keyconsole.changes.authorization import gives_way
from keyconsole.changes.models import Approval, Change, Closing, Rejection, Review
from keyconsole.changes.quorum import Asked, Quorum, quorum_of, rules_of
from keyconsole.changes.states import IN_FLIGHT, State
from keyconsole.changes.told import told_of
from keyconsole.policies.document.words import FACTOR_MISSING
from keyconsole.policies.schedule import windows
from keyconsole.web.action_forms import ActionForm
from keyconsole.web.changes import actions
from keyconsole.web.changes.members_asked import members_asked

_OFFERED: dict[State, tuple[ActionForm[Change], ...]] = {
    State.PENDING: (actions.APPROVE, actions.REJECT, actions.WITHDRAW, actions.CANCEL),
    State.APPROVED: (actions.RUN, actions.REJECT, actions.WITHDRAW, actions.CANCEL),
    **dict.fromkeys(IN_FLIGHT, (actions.CANCEL,)),
}


@dataclass(frozen=True, slots=True)
class Offer:
    """Something that this person may do with the change now."""

    action: ActionForm[Change]
    form: forms.Form
    words: Words


@dataclass(frozen=True, slots=True)
class Grey:
    """Buttons that share the reasons why they are grey."""

    buttons: tuple[str, ...]
    reasons: tuple[str, ...]


def approval_panel(change: Change, *, person: User, now: datetime) -> dict[str, Any]:
    waits = change.state in {State.PENDING, State.APPROVED}
    quorum = quorum_of(change) if waits or change.is_emergency else None
    asked = quorum.lines if quorum and not change.is_emergency else ()
    held = gate(change, now=now, quorum=quorum) if change.state == State.APPROVED else None
    rules = quorum.rules if quorum else rules_of(change)
    offers, greys = _actions(change, person, _offered(change), now)
    return {
        "rules": rules,
        "asked": asked,
        "waits_for": quorum.waits_for if quorum and _waits_for_approval(change) else "",
        "told": told_of(change, quorum),
        "held": _holding(change, quorum, held, now),
        "votes": _votes(change, quorum, asked),
        "rejection": _rejection(change),
        **_closing(change, person, now),
        "offers": {offer.action.verb: offer for offer in offers},
        "greys": [grey for grey in greys if FACTOR_MISSING not in grey.reasons],
        "lacks_factor": any(FACTOR_MISSING in grey.reasons for grey in greys),
        "commenting": _offer(change, actions.COMMENT, person),
        "comments": list(change.comments.select_related("author")),
        **_review(change, quorum, person, now),
        **members_asked(change, person, now=now),
        "gives_way_to": rules.emergency_group if gives_way(change) and not change.is_emergency else "",
    }


def _waits_for_approval(change: Change) -> bool:
    return change.state == State.PENDING and not change.is_emergency


def _offered(change: Change) -> tuple[ActionForm[Change], ...]:
    """Nobody approves an emergency: what it may wait for stands on its own page."""
    if change.is_emergency and change.state == State.PENDING:
        return (actions.REJECT, actions.CANCEL)
    return _OFFERED.get(State(change.state), ())


def _actions(
    change: Change, person: User, offered: Iterable[ActionForm[Change]], now: datetime
) -> tuple[list[Offer], list[Grey]]:
    verdicts = [(shown, shown.action.may(person, change, now)) for shown in offered]
    greys: dict[tuple[str, ...], list[str]] = {}
    for shown, verdict in verdicts:
        if not verdict.allowed:
            greys.setdefault(verdict.reasons, []).append(shown.words_for(change).button)
    offers = [_offer(change, shown, person) for shown, verdict in verdicts if verdict.allowed]
    return offers, [Grey(tuple(buttons), reasons) for reasons, buttons in greys.items()]


def _offer(change: Change, shown: ActionForm[Change], person: User) -> Offer:
    return Offer(shown, shown.form_for(change, person), shown.words_for(change))


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


def _closing(change: Change, person: User, now: datetime) -> dict[str, Any]:
    """Who asked to close it as unknown and who agreed; and whether this person may do either."""
    if not change.overdue_since:
        return {"closing": None}
    closing = Closing.objects.filter(change=change).select_related("asked_by", "agreed_by").first()
    if not change.is_open:
        return {"closing": closing}
    step = actions.AGREE if closing else actions.CLOSE
    verdict = step.action.may(person, change, now)
    return {
        "closing": closing,
        "close_offer": _offer(change, step, person) if verdict.allowed else None,
        "why_no_close": verdict.reasons,
    }


def _why_not(approval: Approval, filling: set[str], weak: frozenset[str]) -> str:
    if approval.withdrawn_at:
        return ""
    if approval.approver.username in weak:
        return "It was proved without a second factor, which the policy asks for by now."
    if approval.approver.username in filling:
        return ""
    return "It fills no place: the places are taken, or who gave it may not approve any more."


def _review(change: Change, quorum: Quorum | None, person: User, now: datetime) -> dict[str, Any]:
    if quorum is None or not change.is_emergency:
        return {"review": None}
    owed = Review.objects.filter(change=change).select_related("used_by", "reviewer").first()
    verdict = actions.REVIEW.action.may(person, change, now)
    return {
        "review": owed,
        "reviewers": sorted(quorum.reviewers),
        "review_overdue": bool(owed and not owed.reviewed_at and owed.due_at <= now),
        "reviewing": _offer(change, actions.REVIEW, person) if verdict.allowed else None,
        "why_no_review": verdict.reasons,
    }
