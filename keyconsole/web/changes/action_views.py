"""What people do with a change, a page each: approve, reject, withdraw, comment, run, cancel, review.

The change's own page carries the same forms; what is refused comes back here with everything that was typed.
"""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from keyconsole.aws_accounts.roles import Permission
from keyconsole.refusals import Refused
from keyconsole.web.changes import actions as deeds
from keyconsole.web.changes.actions import Deed
from keyconsole.web.changes.page import plan_text
from keyconsole.web.guards import change_for, person_of, requires

METHODS = ["GET", "HEAD", "POST"]


@requires(Permission.VIEW)
@require_http_methods(METHODS)
def approve(request: HttpRequest, ref: str) -> HttpResponse:
    return _done(request, ref, deeds.APPROVE)


@requires(Permission.VIEW)
@require_http_methods(METHODS)
def reject(request: HttpRequest, ref: str) -> HttpResponse:
    return _done(request, ref, deeds.REJECT)


@requires(Permission.VIEW)
@require_http_methods(METHODS)
def withdraw(request: HttpRequest, ref: str) -> HttpResponse:
    return _done(request, ref, deeds.WITHDRAW)


@requires(Permission.VIEW)
@require_http_methods(METHODS)
def comment(request: HttpRequest, ref: str) -> HttpResponse:
    return _done(request, ref, deeds.COMMENT)


@requires(Permission.VIEW)
@require_http_methods(METHODS)
def run(request: HttpRequest, ref: str) -> HttpResponse:
    return _done(request, ref, deeds.RUN)


@requires(Permission.VIEW)
@require_http_methods(METHODS)
def cancel(request: HttpRequest, ref: str) -> HttpResponse:
    return _done(request, ref, deeds.CANCEL)


@requires(Permission.VIEW)
@require_http_methods(METHODS)
def review(request: HttpRequest, ref: str) -> HttpResponse:
    return _done(request, ref, deeds.REVIEW)


def _done(request: HttpRequest, ref: str, deed: Deed) -> HttpResponse:
    person, now = person_of(request), timezone.now()
    change = change_for(person, ref)
    form = deed.form_for(change, request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            deed.do(change, person, form.cleaned_data, now)
        except Refused as refused:
            change = change_for(person, ref)
            if deed.stands(change, person, form.cleaned_data):
                messages.info(request, f"{deed.done.format(change=change)} Sent twice, it counts once.")
                return redirect(change)
            form.add_error(None, list(refused.reasons))
        else:
            messages.success(request, deed.done.format(change=change))
            return redirect(change)
    context = {"change": change, "deed": deed, "form": form, "verdict": deed.may(person, change, now)}
    words = {name: getattr(deed, name).format(change=change) for name in ("title", "button")}
    return render(request, "changes/act.html", context | words | {"plan_text": plan_text(change)})
