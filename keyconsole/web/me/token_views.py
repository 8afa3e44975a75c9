"""Tokens of one's own: making one, whose secret is shown this once, and ending one."""

from __future__ import annotations

from functools import partial

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from keyconsole.people.tokens import end_token, make_token
from keyconsole.refusals import Invalid
from keyconsole.web.addresses import address_of
from keyconsole.web.guards import Proof, person_of, signed_in
from keyconsole.web.me.forms import TokenForm
from keyconsole.web.me.views import about
from keyconsole.web.people.confirmed import doing


@partial(signed_in, proof=Proof.FRESH, confirms=doing("make a token, with which a program acts as you"))
@require_POST
def make(request: HttpRequest) -> HttpResponse:
    person, form = person_of(request), TokenForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        via = f"on a page, from {address_of(request) or 'an unknown address'}"
        try:
            token, secret = make_token(
                person, name=given["name"], days=given["days"], via=via, now=timezone.now()
            )
        except Invalid as invalid:
            for field, sentence in invalid.problems.items():
                form.add_error(field, sentence)
        else:
            return render(request, "me/token_made.html", {"token": token, "secret": secret})
    return render(request, "me/index.html", about(request, form))


@signed_in
@require_POST
def end(request: HttpRequest) -> HttpResponse:
    person, name = person_of(request), request.POST.get("name", "")
    token = person.personal_tokens.filter(ended_at=None, name=name).first() if name.isprintable() else None
    via = f"on a page, from {address_of(request) or 'an unknown address'}"
    if token and end_token(token, by=person.username, via=via, now=timezone.now()):
        messages.success(request, f"The token {token.name} is ended.")
    else:
        messages.info(request, "There is no such token that could be ended.")
    return redirect("me")
