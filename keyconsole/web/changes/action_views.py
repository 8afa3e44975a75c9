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
from keyconsole.web.changes import actions
from keyconsole.web.changes.actions import Action
from keyconsole.web.changes.page import plan_text
from keyconsole.web.guards import change_for, person_of, requires

METHODS = ["GET", "HEAD", "POST"]


@requires(Permission.VIEW)
@require_http_methods(METHODS)
def approve(request: HttpRequest, ref: str) -> HttpResponse:
    return _done(request, ref, actions.APPROVE)


@requires(Permission.VIEW)
@require_http_methods(METHODS)
def reject(request: HttpRequest, ref: str) -> HttpResponse:
    return _done(request, ref, actions.REJECT)


@requires(Permission.VIEW)
@require_http_methods(METHODS)
def withdraw(request: HttpRequest, ref: str) -> HttpResponse:
    return _done(request, ref, actions.WITHDRAW)


@requires(Permission.VIEW)
@require_http_methods(METHODS)
def comment(request: HttpRequest, ref: str) -> HttpResponse:
    return _done(request, ref, actions.COMMENT)


@requires(Permission.VIEW)
@require_http_methods(METHODS)
def run(request: HttpRequest, ref: str) -> HttpResponse:
    return _done(request, ref, actions.RUN)


@requires(Permission.VIEW)
@require_http_methods(METHODS)
def cancel(request: HttpRequest, ref: str) -> HttpResponse:
    return _done(request, ref, actions.CANCEL)


@requires(Permission.VIEW)
@require_http_methods(METHODS)
def review(request: HttpRequest, ref: str) -> HttpResponse:
    return _done(request, ref, actions.REVIEW)


def _done(request: HttpRequest, ref: str, action: Action) -> HttpResponse:
    person, now = person_of(request), timezone.now()
    change = change_for(person, ref)
    form = action.form_for(change, request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            action.do(change, person, form.cleaned_data, now)
        except Refused as refused:
            change = change_for(person, ref)
            if action.stands(change, person, form.cleaned_data):
                messages.info(request, f"{action.done.format(change=change)} Sent twice, it counts once.")
                return redirect(change)
            form.add_error(None, list(refused.reasons))
        else:
            messages.success(request, action.done.format(change=change))
            return redirect(change)
    context = {"change": change, "action": action, "form": form, "verdict": action.may(person, change, now)}
    words = {name: getattr(action, name).format(change=change) for name in ("title", "button")}
    return render(request, "changes/act.html", context | words | {"plan_text": plan_text(change)})
