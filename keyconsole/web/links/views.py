"""Opening a link, choosing a password with it, and being signed in.

The address with the secret answers with a redirect at once and shows nothing: no page that could name it to
others has it as its address, and no error page logs it. What is kept until then is its hash.
"""

from __future__ import annotations

from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from keyconsole.people.drawn_secret import hash_of
from keyconsole.people.invitations import accept
from keyconsole.people.models import OneTimeLink, Purpose
from keyconsole.people.one_time_link import link_with, why_over
from keyconsole.people.reset_link import reset_password
from keyconsole.refusals import Invalid, Refused
from keyconsole.web.guards import open_to_anyone
from keyconsole.web.links.forms import ChoosePasswordForm

OPENED = "one_time_link"
GONE = 410


@open_to_anyone
def open_link(request: HttpRequest, secret: str) -> HttpResponse:
    """Nothing is used up: whoever looks at links before people do may look at this one."""
    request.session[OPENED] = hash_of(secret)
    answer = redirect("link")
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer


@open_to_anyone
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def link(request: HttpRequest) -> HttpResponse:
    found, now = link_with(request.session.get(OPENED, "")), timezone.now()
    if found is None or why_over(found, now=now):
        return _over(request, found, why_over(found, now=now))
    if request.user.is_authenticated:
        return render(request, "links/signed_in.html", {"link": found})
    form = ChoosePasswordForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            return _chosen(request, found, form.cleaned_data["password"])
        except Invalid as invalid:
            form.add_error("password", invalid.problems["password"])
        except Refused as refused:
            return _over(request, found, str(refused))
    context = {"link": found, "form": form, "is_invitation": found.purpose == Purpose.INVITATION}
    return render(request, "links/choose_password.html", context)


def _chosen(request: HttpRequest, found: OneTimeLink, password: str) -> HttpResponse:
    """An invited person is signed in; after a reset they sign in, since a second factor may be asked for."""
    now = timezone.now()
    if found.purpose == Purpose.RESET:
        reset_password(found, password=password, now=now)
        request.session.pop(OPENED, None)
        messages.success(request, "Your new password holds. Sign in with it.")
        return redirect("account_login")
    person = accept(found, password=password, now=now)
    request.session.pop(OPENED, None)
    login = Login(user=person, redirect_url="/")
    credentials = {"username": person.username}
    answer: HttpResponse = perform_password_login(request, credentials, login)
    return answer


def _over(request: HttpRequest, found: OneTimeLink | None, why: str) -> HttpResponse:
    context = {"link": found, "why": why, "organisation": settings.KEYCONSOLE_ORGANISATION}
    return render(request, "links/over.html", context, status=GONE)
