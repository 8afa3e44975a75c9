"""An action on a page: the form that asks for its inputs, and what becomes of it when it is sent.

Alike for changes and batches: what is refused keeps all that was typed, and sent twice it counts once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic

from django import forms
from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpRequest
from django.utils import timezone

from keyconsole.changes.actions.action import Action, Actor, Subject, Words
from keyconsole.changes.approvals.decide import PAGE
from keyconsole.refusals import Refused
from keyconsole.web.guards import person_of, proof_given

SENT_TWICE = "Sent twice, it counts once."


@dataclass(frozen=True, slots=True)
class ActionForm(Generic[Subject]):
    """`form` has a field for each input of the action; `style` says how loud its button is."""

    action: Action[Subject, Any]
    form: type[forms.Form]
    style: str = ""

    @property
    def verb(self) -> str:
        return self.action.verb

    @property
    def url_name(self) -> str:
        return self.action.name

    def form_for(self, subject: Subject, person: User, typed: Any = None) -> forms.Form:
        """Ids carry the verb: several of these forms stand on one page."""
        initial = {"plan_sha256": self.action.plan_read(person, subject)}
        return self.form(typed, auto_id=f"id_{self.verb}_%s", initial=initial)

    def words_for(self, subject: Subject) -> Words:
        return self.action.words.about(subject.ref)

    def page_of(self, subject: Subject, form: forms.Form, *, person: User, now: datetime) -> dict[str, Any]:
        """What the page shows on which somebody does this, or reads why they cannot."""
        verdict = self.action.may(person, subject, now)
        return {"action": self, "words": self.words_for(subject), "form": form, "verdict": verdict}


def send(request: HttpRequest, shown: ActionForm[Subject], subject: Subject) -> forms.Form | None:
    """The form as it has to be shown; None where it was done, now or before, and a message says so."""
    form = shown.form_for(subject, person_of(request), request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return form
    given, done = shown.action.given(form.cleaned_data), shown.words_for(subject).done
    actor = Actor(by=person_of(request), now=timezone.now(), via=PAGE, proof=proof_given(request))
    try:
        is_done_now = shown.action.do_once(subject, given, actor)
    except Refused as refused:
        for reason in refused.reasons:
            form.add_error(None, forms.ValidationError(str(reason), code=reason.code))
        return form
    if is_done_now:
        messages.success(request, done)
    else:
        messages.info(request, f"{done} {SENT_TWICE}")
    return None
