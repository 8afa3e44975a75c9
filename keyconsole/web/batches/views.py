"""Many keys in one request: choosing and asking, the page of a batch, and what people decide about it."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from keyconsole.aws_accounts.permissions import accounts_where
from keyconsole.aws_accounts.roles import Permission
from keyconsole.changes.batches.part import part_seen_by
from keyconsole.changes.models import Batch
from keyconsole.web.action_forms import ActionForm, send
from keyconsole.web.batches import actions
from keyconsole.web.batches.chosen_keys import batch_for
from keyconsole.web.batches.confirmed import batch_confirmed
from keyconsole.web.batches.moves_by_account import moves_by_account
from keyconsole.web.batches.page import batch_page, version_of
from keyconsole.web.batches.request_page import asking, moving_alone
from keyconsole.web.fragments import is_poll, page, unchanged, wants_fragment
from keyconsole.web.guards import Proof, person_of, requires

METHODS = ["GET", "HEAD", "POST"]
PER_PAGE = 50


@requires(Permission.VIEW, proof=Proof.FRESH, confirms=moving_alone)
@require_http_methods(METHODS)
def move_keys(request: HttpRequest) -> HttpResponse:
    context = asking(request, now=timezone.now())
    if isinstance(context, Batch):
        messages.success(request, f"{context.ref} was asked for: {len(context.plan['lines'])} keys.")
        return redirect(context)
    return render(request, "batches/move_keys.html", context)


@requires(Permission.VIEW)
@require_safe
def batches(request: HttpRequest) -> HttpResponse:
    accounts = accounts_where(person_of(request), Permission.VIEW)
    seen = Count("changes", filter=Q(changes__key__account__in=accounts))
    visible = Batch.objects.visible_in(accounts).annotate(lines_seen=seen)
    found = visible.select_related("requester").order_by("-number")
    shown = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "batches/index.html", {"page_obj": shown})


@requires(Permission.VIEW)
@require_safe
def batch(request: HttpRequest, ref: str) -> HttpResponse:
    person = person_of(request)
    found = batch_for(person, ref, without_plan=is_poll(request))
    version = version_of(found, person)
    if same := unchanged(request, version):
        return same
    context = batch_page(found, person=person, now=timezone.now())
    context |= {"version": version, "fragment": wants_fragment(request)}
    return page(request, "batches/batch.html", "batch", context)


@requires(
    Permission.VIEW,
    proof=Proof.FRESH,
    confirms=batch_confirmed(actions.APPROVE, "approve all keys of {ref}"),
)
@require_http_methods(METHODS)
def approve(request: HttpRequest, ref: str) -> HttpResponse:
    return _done(request, ref, actions.APPROVE)


@requires(Permission.VIEW)
@require_http_methods(METHODS)
def reject(request: HttpRequest, ref: str) -> HttpResponse:
    return _done(request, ref, actions.REJECT)


@requires(Permission.VIEW)
@require_http_methods(METHODS)
def cancel(request: HttpRequest, ref: str) -> HttpResponse:
    return _done(request, ref, actions.CANCEL)


@requires(
    Permission.VIEW,
    proof=Proof.FRESH,
    confirms=batch_confirmed(actions.RUN, "run what is approved of {ref}"),
)
@require_http_methods(METHODS)
def run(request: HttpRequest, ref: str) -> HttpResponse:
    return _done(request, ref, actions.RUN)


def _done(request: HttpRequest, ref: str, action: ActionForm[Batch]) -> HttpResponse:
    person = person_of(request)
    found = batch_for(person, ref)
    form = send(request, action, found)
    if form is None:
        return redirect(found)
    context = action.page_of(found, form, person=person, now=timezone.now())
    part = part_seen_by(person, found)
    context |= {"part": part, "groups": moves_by_account(part.lines)}
    return render(request, "batches/act.html", {"batch": found, **context})
