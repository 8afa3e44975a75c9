"""Where messages go, which did not arrive, and trying those again. For administrators of everything."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from keyconsole.aws_accounts.roles import Permission
from keyconsole.notifications import retry, routes
from keyconsole.notifications.models import Delivery, Route
from keyconsole.refusals import Invalid
from keyconsole.web.fragments import page, unchanged
from keyconsole.web.guards import person_of, requires
from keyconsole.web.notifications.forms import RouteForm
from keyconsole.web.notifications.list import TABS, deliveries_in, mail, route_rows, tabs

PER_PAGE = 50


@requires(Permission.ADMINISTER, everywhere=True)
@require_safe
def notifications(request: HttpRequest) -> HttpResponse:
    shown = request.GET.get("tab", "")
    shown = shown if shown in TABS else next(iter(TABS))
    found, version = tabs(shown)
    if same := unchanged(request, version):
        return same
    context = {
        "tab": shown,
        "tabs": found,
        "version": version,
        "counts": {each.name: each.count for each in found},
        "deliveries_page": Paginator(deliveries_in(shown), PER_PAGE).get_page(request.GET.get("page")),
        "route_rows": route_rows(),
        "mail": mail(),
        "links_work": bool(settings.KEYCONSOLE_URL),
    }
    return page(request, "notifications/index.html", "deliveries", context)


@requires(Permission.ADMINISTER, everywhere=True)
@require_http_methods(["GET", "HEAD", "POST"])
def add_route(request: HttpRequest) -> HttpResponse:
    form = RouteForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        by, name = person_of(request).username, form.cleaned_data["name"]
        try:
            added = routes.add_route(name, by=by, now=timezone.now(), **form.entered())
        except Invalid as invalid:
            form.add_problems(invalid.problems)
        else:
            messages.success(request, f"{added.name} is added. Send a test to see whether it arrives.")
            return redirect("notifications")
    return render(request, "notifications/add_route.html", {"form": form})


@requires(Permission.ADMINISTER, everywhere=True)
@require_http_methods(["GET", "HEAD", "POST"])
def remove_route(request: HttpRequest, name: str) -> HttpResponse:
    found = _route(name)
    if request.method == "POST":
        routes.remove_route(found, by=person_of(request).username, now=timezone.now())
        messages.success(request, f"{found.name} is removed. Nothing more is sent there.")
        return redirect("notifications")
    return render(request, "notifications/remove_route.html", {"route": found})


@requires(Permission.ADMINISTER, everywhere=True)
@require_POST
def test_route(request: HttpRequest, name: str) -> HttpResponse:
    found = _route(name)
    routes.send_test(found, by=person_of(request).username, now=timezone.now())
    messages.success(request, f"A test message to {found.name} is written; a worker sends it.")
    return redirect("notifications")


@requires(Permission.ADMINISTER, everywhere=True)
@require_POST
def try_again(request: HttpRequest, ref: UUID) -> HttpResponse:
    delivery = get_object_or_404(Delivery.objects.select_related("route", "person"), ref=ref)
    if retry.try_again(delivery, by=person_of(request).username, now=timezone.now()):
        messages.success(request, f"The message to {delivery.recipient} is to be sent again, by a worker.")
    else:
        messages.info(request, f"The message to {delivery.recipient} is to be sent already, or was sent.")
    return redirect("notifications")


def _route(name: str) -> Route:
    # PostgreSQL answers a NUL character with an error, not with "none".
    return get_object_or_404(Route, name=name if name.isprintable() else "", removed_at=None)
