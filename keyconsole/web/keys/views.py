"""The keys page, and the file of exactly what it shows."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from keyconsole.aws_accounts.permissions import accounts_where
from keyconsole.aws_accounts.roles import Permission
from keyconsole.web.downloads import TYPES, recorded_download
from keyconsole.web.fragments import is_poll, page, unchanged, wants_fragment
from keyconsole.web.guards import Proof, person_of, requires
from keyconsole.web.keys.columns import COLUMNS, read_columns
from keyconsole.web.keys.export import ROWS
from keyconsole.web.keys.filter import SHOWS, read_filter
from keyconsole.web.keys.freshness import inventory_version
from keyconsole.web.keys.list import choices_in, columns_of, keys_in, page_of, region_keys_of, rows_of
from keyconsole.web.keys.saved import query_of, tabs_for
from keyconsole.web.reauthentication import Confirmation


def _exporting(request: HttpRequest, fmt: str) -> Confirmation | None:
    if fmt not in TYPES:
        return None
    back_to = f"{reverse('keys')}?{request.GET.urlencode()}"
    return Confirmation(f"export the keys as {fmt.upper()}", back=back_to)


@requires(Permission.VIEW)
@require_safe
def keys(request: HttpRequest) -> HttpResponse:
    person = person_of(request)
    accounts = accounts_where(person, Permission.VIEW)
    version = inventory_version(accounts, now=timezone.now())
    if same := unchanged(request, version):
        return same
    context = _list(request, person) | {"version": version}
    was_click = wants_fragment(request) and not is_poll(request)
    response = page(request, "keys/index.html", "keys", context)
    if was_click:
        response.headers["HX-Push-Url"] = _short_address(request, context["query"])
    return response


@requires(Permission.VIEW, proof=Proof.FRESH_FILE, confirms=_exporting)
@require_safe
def export(request: HttpRequest, fmt: str) -> StreamingHttpResponse:
    rows = ROWS.get(request.GET.get("rows", "region-keys"))
    if rows is None:
        raise Http404("One row stands for a key or for a Region key.")
    person, now = person_of(request), timezone.now()
    accounts = accounts_where(person, Permission.VIEW)
    found = keys_in(accounts, read_filter(request.GET.dict(), choices_in(accounts)))
    query = request.GET.urlencode()[:500]
    return recorded_download("keys", fmt, rows.columns, rows.of(found), by=person, now=now, query=query)


def _list(request: HttpRequest, person: User) -> dict[str, Any]:
    accounts = accounts_where(person, Permission.VIEW)
    choices, shown = choices_in(accounts), read_columns(request.GET.getlist("column"))
    wanted = read_filter(request.GET.dict(), choices)
    query = query_of(wanted, shown)
    found = keys_in(accounts, wanted)
    page_obj, columns = page_of(found, request.GET.get("page", "")), columns_of(found)
    return {
        "page_obj": page_obj,
        "columns": columns,
        "rows": rows_of(list(page_obj), columns, shown=shown, person=person),
        "region_keys": region_keys_of(found),
        "wanted": wanted,
        "shown": shown,
        "optional": COLUMNS,
        "choices": choices,
        "shows": SHOWS,
        "query": query,
        "views": tabs_for(person, choices, current=query),
        "may_move": set(accounts_where(person, Permission.REQUEST).values_list("pk", flat=True)),
    }


def _short_address(request: HttpRequest, query: str) -> str:
    """Without what a form leaves empty or as it is at first: it is what people pass on."""
    number = request.GET.get("page", "")
    asked = "&".join(filter(None, [query, urlencode({"page": number}) if number else ""]))
    return f"{request.path}?{asked}" if asked else request.path
