"""One's own page: sessions and devices, second factors, tokens, and what one may do and why."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import Resolver404, resolve
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from keyconsole.aws_accounts.roles import Permission
from keyconsole.people import sessions
from keyconsole.web.guards import person_of, signed_in
from keyconsole.web.me.forms import TokenForm
from keyconsole.web.me.what_i_may_do import groups_with_policies, places_of
from keyconsole.web.people.facts import facts_about
from keyconsole.web.people.visible import Sight

FACTORS = "/me/factors/"


@signed_in
@require_safe
def me(request: HttpRequest) -> HttpResponse:
    return render(request, "me/index.html", about(request))


@signed_in
@require_POST
def end_session(request: HttpRequest) -> HttpResponse:
    person, now = person_of(request), timezone.now()
    number = request.POST.get("session", "")
    live = sessions.live_sessions_of(person, now=now, current_key=_key(request))
    found = next((each for each in live if str(each.number) == number), None)
    if found and found.is_current:
        messages.info(request, "That is the session that you are in: signing out ends it.")
    elif found and sessions.end_session(person, found.number, by=person.username, now=now):
        messages.success(request, f"The session in {found.browser} has ended.")
    else:
        messages.info(request, "That session had ended already.")
    return redirect("me")


@signed_in
@require_POST
def end_other_sessions(request: HttpRequest) -> HttpResponse:
    person = person_of(request)
    ended = sessions.end_sessions(person, by=person.username, now=timezone.now(), but=_key(request))
    if ended:
        messages.success(
            request, "1 other session ended." if ended == 1 else f"{ended} other sessions ended."
        )
    else:
        messages.info(request, "There was no other session.")
    return redirect("me")


def about(request: HttpRequest, form: TokenForm | None = None) -> dict[str, Any]:
    person, now = person_of(request), timezone.now()
    [facts] = facts_about([person], Sight(person, everywhere=True), now=now)
    return {
        "person": person,
        "facts": facts,
        "sessions": sessions.live_sessions_of(person, now=now, current_key=_key(request)),
        "factors_url": _factors_url(),
        "tokens": _tokens(person),
        "form": form or TokenForm(),
        "permissions": list(Permission),
        "places": places_of(person),
        "groups": groups_with_policies(person),
        "now": now,
    }


def _tokens(person: User) -> Any:
    """Those that prove something, and those that ended by themselves; what somebody ended is history."""
    return person.personal_tokens.filter(ended_at=None).order_by("-made_at", "-pk")


def _factors_url() -> str:
    """Where second factors are set up; empty where this server offers none."""
    try:
        resolve(FACTORS)
    except Resolver404:
        return ""
    return FACTORS


def _key(request: HttpRequest) -> str:
    return request.session.session_key or ""
