"""What the person who looks can do with a change now, what is offered first, and why not the rest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.urls import reverse

from keyconsole.changes.actions.action import Words
from keyconsole.changes.models import Change, Closing, Review
from keyconsole.changes.requests.afterwards import ASKED_AGAIN, may_ask_again, may_put_back
from keyconsole.changes.states import IN_FLIGHT, State
from keyconsole.people.groups import is_in_group
from keyconsole.policies.document.words import FACTOR_MISSING
from keyconsole.refusal_codes import Code
from keyconsole.refusals import Verdict
from keyconsole.text import listed
from keyconsole.web.action_forms import ActionForm
from keyconsole.web.changes import actions
from keyconsole.web.sso.again import factor_at_the_provider

_OFFERED: dict[State, tuple[ActionForm[Change], ...]] = {
    State.PENDING: (actions.APPROVE, actions.REJECT, actions.WITHDRAW, actions.CANCEL),
    State.APPROVED: (actions.RUN, actions.REJECT, actions.WITHDRAW, actions.CANCEL),
    **dict.fromkeys(IN_FLIGHT, (actions.CANCEL,)),
}
# As they read after "Why can I not".
_QUESTIONS = {
    "withdraw": "take an approval back",
    "run": "run it",
    "review": "review it",
    "close": "close it as unknown",
    "agree": "agree to close it as unknown",
}
# A button that is there is short: what it does stands above it.
_BUTTONS = {"reject": "Reject", "cancel": "Cancel it"}


@dataclass(frozen=True, slots=True)
class Offer:
    """Something that this person may do with the change now."""

    action: ActionForm[Change]
    form: forms.Form
    words: Words

    @property
    def button(self) -> str:
        return _BUTTONS.get(self.action.verb, self.words.button)


@dataclass(frozen=True, slots=True)
class Why:
    """What this person cannot do, and the reasons that these share."""

    what: tuple[str, ...]
    reasons: tuple[str, ...]

    @property
    def words(self) -> str:
        told = listed(self.what, "or")
        return told[:1].upper() + told[1:]


@dataclass(frozen=True, slots=True)
class Link:
    """A way on to the form that asks for another move."""

    name: str
    url: str


def decision(change: Change, panel: Mapping[str, Any], *, person: User, now: datetime) -> dict[str, Any]:
    """`panel`: how the change stands, as `approval_panel` found it."""
    verdicts = {
        shown.verb: (shown, shown.action.may(person, change, now))
        for shown in _offered(change, panel["closing"], panel["review"])
    }
    refused = {verb: verdict for verb, (_, verdict) in verdicts.items() if not verdict.allowed}
    lacks_factor = any(FACTOR_MISSING in verdict.reasons for verdict in refused.values())
    asked_of_member = panel.get("may_agree")
    if asked_of_member is not None and not asked_of_member.allowed:
        refused["agree to it"] = asked_of_member
    links, no_links = _afterwards(change, person, now)
    whys = whys_of({**refused, **no_links})
    return {
        "offers": {
            verb: _offer(change, shown, person)
            for verb, (shown, verdict) in verdicts.items()
            if verdict.allowed
        },
        "links": links,
        "whys": whys,
        "why_question": listed([each for why in whys for each in why.what], "or"),
        "lacks_factor": lacks_factor,
        "factor_at_provider": factor_at_the_provider(person) if lacks_factor else None,
        "commenting": _offer(change, actions.COMMENT, person),
        "may_use_emergency": bool(panel["gives_way_to"]) and is_in_group(person, panel["gives_way_to"]),
    }


def _offered(change: Change, closing: Closing | None, review: Review | None) -> Iterator[ActionForm[Change]]:
    """Nobody approves an emergency: it waits for another member, or is reviewed afterwards."""
    if change.is_emergency and change.state == State.PENDING:
        yield from (actions.REJECT, actions.CANCEL)
    else:
        yield from _OFFERED.get(State(change.state), ())
    if change.overdue_since and change.is_open:
        yield actions.AGREE if closing else actions.CLOSE
    if review and not review.reviewed_at:
        yield actions.REVIEW


def _offer(change: Change, shown: ActionForm[Change], person: User) -> Offer:
    return Offer(shown, shown.form_for(change, person), shown.words_for(change))


def whys_of(refused: Mapping[str, Verdict]) -> list[Why]:
    """One for each set of reasons. Who has given no approval has none to miss."""
    shared: dict[tuple[str, ...], list[str]] = {}
    for verb, verdict in refused.items():
        codes = {reason.code for reason in verdict.reasons}
        if Code.NO_APPROVAL_GIVEN in codes or FACTOR_MISSING in verdict.reasons:
            continue
        shared.setdefault(verdict.reasons, []).append(_QUESTIONS.get(verb, verb))
    return [Why(tuple(what), reasons) for reasons, what in shared.items()]


def _afterwards(change: Change, person: User, now: datetime) -> tuple[Sequence[Link], dict[str, Verdict]]:
    """Asking again, or for the move back; and why not."""
    if change.state in ASKED_AGAIN:
        found = ("Ask again", "ask again", change.to_region, may_ask_again(person, change, now=now))
    elif change.state == State.DONE and not change.batch:
        found = ("Put back", "put it back", change.from_region, may_put_back(person, change, now=now))
    else:
        return (), {}
    name, question, region, verdict = found
    if not verdict.allowed:
        return (), {question: verdict}
    return _links(change, name, region), {}


def _links(change: Change, name: str, region: str) -> Sequence[Link]:
    key = change.key
    url = reverse("make-primary", args=[key.account.account_id, key.key_id, region])
    return (Link(name, f"{url}?from={change.ref}"),)
