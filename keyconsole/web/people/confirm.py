"""A page on which an administrator confirms one action on a person, and says why."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.html import format_html

from keyconsole.people.dual_control.notifications import path_of
from keyconsole.people.models import AccessProposal, AccessState
from keyconsole.refusals import Refused
from keyconsole.web.people.forms import WhyForm


@dataclass(frozen=True, slots=True)
class Confirmation:
    title: str
    says: tuple[str, ...]  # what will be so, a paragraph each
    button: str
    done: str
    hidden: Mapping[str, str] = field(default_factory=dict)
    style: str = "danger"


def confirmed(
    request: HttpRequest,
    person: User,
    shown: Confirmation,
    act: Callable[[str], AccessProposal | None],
) -> HttpResponse:
    """The page; or what was asked for is done, and its message stands on the person's page."""
    form = WhyForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            proposal = act(form.cleaned_data["why"])
        except Refused as refused:
            for reason in refused.reasons:
                form.add_error(None, str(reason))
        else:
            say_done_or_waiting(request, proposal, done=shown.done)
            return redirect("person", person.username)
    return render(request, "people/confirm.html", {"person": person, "shown": shown, "form": form})


def say_done_or_waiting(request: HttpRequest, proposal: AccessProposal | None, *, done: str) -> None:
    """`proposal`: under dual control; None for what one alone may do."""
    if proposal is None or proposal.state == AccessState.APPLIED:
        messages.success(request, done)
    else:
        waits = '<a href="{}">{}</a> waits for another administrator.'
        messages.success(request, format_html(waits, path_of(proposal), proposal))
