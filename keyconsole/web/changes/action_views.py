"""What people do with a change, a page each: approve, reject, withdraw, comment, run, cancel, review,
close and agree to it.

The change's own page carries the same forms; what is refused comes back here with everything that was typed.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from keyconsole.aws_accounts.roles import Permission
from keyconsole.changes.models import Change
from keyconsole.web.action_forms import ActionForm, send
from keyconsole.web.changes import actions
from keyconsole.web.changes.confirmed import change_confirmed
from keyconsole.web.changes.page import plan_text
from keyconsole.web.guards import Proof, change_for, person_of, requires

METHODS = ["GET", "HEAD", "POST"]


@requires(Permission.VIEW, proof=Proof.FRESH, confirms=change_confirmed(actions.APPROVE, "approve {ref}"))
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


@requires(Permission.VIEW, proof=Proof.FRESH, confirms=change_confirmed(actions.RUN, "run {ref}"))
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


@requires(Permission.VIEW)
@require_http_methods(METHODS)
def close(request: HttpRequest, ref: str) -> HttpResponse:
    return _done(request, ref, actions.CLOSE)


@requires(
    Permission.VIEW,
    proof=Proof.FRESH,
    confirms=change_confirmed(actions.AGREE, "agree to close {ref} as unknown"),
)
@require_http_methods(METHODS)
def agree(request: HttpRequest, ref: str) -> HttpResponse:
    return _done(request, ref, actions.AGREE)


def _done(request: HttpRequest, ref: str, action: ActionForm[Change]) -> HttpResponse:
    person = person_of(request)
    change = change_for(person, ref)
    form = send(request, action, change)
    if form is None:
        return redirect(change)
    context = action.page_of(change, form, person=person, now=timezone.now())
    return render(request, "changes/act.html", {"change": change, "plan_text": plan_text(change), **context})
