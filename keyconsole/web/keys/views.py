"""The keys page, and the file of exactly what it shows."""

from __future__ import annotations

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from keyconsole.audit.events import Event
from keyconsole.audit.export import csv_lines, json_lines
from keyconsole.audit.given_proof import told
from keyconsole.audit.log import record
from keyconsole.aws_accounts.permissions import accounts_where
from keyconsole.aws_accounts.roles import Permission
from keyconsole.web.fragments import is_poll, page, unchanged, wants_fragment
from keyconsole.web.guards import Proof, person_of, proof_given, requires
from keyconsole.web.keys.export import KEY_COLUMNS, key_rows
from keyconsole.web.keys.filter import SHOWS, read_filter
from keyconsole.web.keys.freshness import inventory_version
from keyconsole.web.keys.list import choices_in, columns_of, keys_in, page_of, rows_of
from keyconsole.web.reauthentication import Confirmation

_TYPES = {"csv": "text/csv; charset=utf-8", "json": "application/json"}


def _exporting(request: HttpRequest, fmt: str) -> Confirmation | None:
    if fmt not in _TYPES:
        return None
    back_to = f"{reverse('keys')}?{request.GET.urlencode()}"
    return Confirmation(f"export the keys as {fmt.upper()}", back=back_to)


@requires(Permission.VIEW)
@require_safe
def keys(request: HttpRequest) -> HttpResponse:
    accounts = accounts_where(person_of(request), Permission.VIEW)
    version = inventory_version(accounts, now=timezone.now())
    if same := unchanged(request, version):
        return same
    choices = choices_in(accounts)
    wanted = read_filter(request.GET.dict(), choices)
    found = keys_in(accounts, wanted)
    shown, columns = page_of(found, request.GET.get("page", "")), columns_of(found)
    context = {
        "page_obj": shown,
        "columns": columns,
        "rows": rows_of(shown, columns),
        "wanted": wanted,
        "choices": choices,
        "shows": SHOWS,
        "version": version,
        "may_move": set(accounts_where(person_of(request), Permission.REQUEST).values_list("pk", flat=True)),
    }
    was_click = wants_fragment(request) and not is_poll(request)
    response = page(request, "keys/index.html", "keys", context)
    if was_click:
        response.headers["HX-Push-Url"] = _short_address(request)
    return response


@requires(Permission.VIEW, proof=Proof.FRESH_FILE, confirms=_exporting)
@require_safe
def export(request: HttpRequest, fmt: str) -> HttpResponse | StreamingHttpResponse:
    if fmt not in _TYPES:
        raise Http404("Exports are csv or json.")
    person, now = person_of(request), timezone.now()
    accounts = accounts_where(person, Permission.VIEW)
    wanted = read_filter(request.GET.dict(), choices_in(accounts))
    _record_export(request, fmt=fmt)
    rows = key_rows(keys_in(accounts, wanted))
    lines = csv_lines(KEY_COLUMNS, rows) if fmt == "csv" else json_lines(rows)
    name = f"keys-{now:%Y%m%dT%H%M%SZ}.{fmt}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingHttpResponse(lines, content_type=_TYPES[fmt], headers=headers)


def _short_address(request: HttpRequest) -> str:
    """Without the fields that a form leaves empty: it is what people pass on."""
    asked = urlencode({name: value for name, value in request.GET.dict().items() if value})
    return f"{request.path}?{asked}" if asked else request.path


def _record_export(request: HttpRequest, *, fmt: str) -> None:
    now, query = timezone.now(), request.GET.urlencode()
    proof = told(proof_given(request), now=now)
    with transaction.atomic():
        record(
            Event.AUDIT_EXPORTED,
            actor=person_of(request).username,
            subject="keys",
            now=now,
            data={"what": "keys", "format": fmt, "query": query[:500], **proof},
        )
