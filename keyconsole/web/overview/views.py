"""The first page: what needs you, where the primaries are, what does not look right, what happened last."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from keyconsole.aws_accounts.permissions import accounts_where
from keyconsole.aws_accounts.roles import Permission
from keyconsole.web.fragments import page, unchanged
from keyconsole.web.guards import person_of, signed_in
from keyconsole.web.keys.freshness import inventory_version
from keyconsole.web.overview.facts import overview_of
from keyconsole.web.overview.first_steps import first_steps_of


@signed_in
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    person, now = person_of(request), timezone.now()
    accounts = accounts_where(person, Permission.VIEW)
    version = inventory_version(accounts, now=now)
    if same := unchanged(request, version):
        return same
    context = {
        "overview": overview_of(person, accounts, now=now),
        "first_steps": first_steps_of(person),
        "now": now,
        "version": version,
    }
    return page(request, "overview/index.html", "overview", context)
