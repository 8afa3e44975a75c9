"""What happened, to read and to take away: events, and which Region was primary at a moment."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_safe

from keyconsole.audit.events import Event
from keyconsole.audit.export import ENTRY_COLUMNS, csv_lines, entry_row, json_lines
from keyconsole.audit.given_proof import told
from keyconsole.audit.log import record
from keyconsole.audit.models import Entry
from keyconsole.audit.state import record_state
from keyconsole.aws_accounts.permissions import accounts_where
from keyconsole.aws_accounts.roles import Permission
from keyconsole.web.audit.list import AuditFilter, entries_for, entry_rows, kept, keys_named
from keyconsole.web.audit.primaries_as_of import PRIMARY_COLUMNS, AsOf, exported, keys_of, primary_rows
from keyconsole.web.fragments import page
from keyconsole.web.guards import Proof, person_of, proof_given, requires
from keyconsole.web.reauthentication import Confirmation

PER_PAGE = 50
_TYPES = {"csv": "text/csv; charset=utf-8", "json": "application/json"}


def _exporting(request: HttpRequest, fmt: str) -> Confirmation | None:
    if fmt not in _TYPES:
        return None
    what = "which Region was primary" if request.GET.get("view") == "primaries" else "the audit"
    back_to = f"{reverse('audit')}?{request.GET.urlencode()}"
    return Confirmation(f"export {what} as {fmt.upper()}", back=back_to)


@requires(Permission.READ_AUDIT)
@require_safe
def audit(request: HttpRequest) -> HttpResponse:
    if request.GET.get("view") == "primaries":
        return _primaries(request)
    person = person_of(request)
    form = AuditFilter(request.GET, person=person)
    wanted = form.cleaned_data if form.is_valid() else {}
    named = keys_named(person, wanted)
    found = kept(entries_for(person), wanted, named).order_by("-number")
    entries_page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "narrowed": any(wanted.values()),
        "named": named,
        "entries_page": entries_page,
        "rows": entry_rows(entries_page),
        "record": record_state,
    }
    return page(request, "audit/index.html", "audit", context)


@requires(Permission.READ_AUDIT, proof=Proof.FRESH_FILE, confirms=_exporting)
@require_GET
def export(request: HttpRequest, fmt: str) -> HttpResponse | StreamingHttpResponse:
    if fmt not in _TYPES:
        raise Http404("Exports are csv or json.")
    if request.GET.get("view") == "primaries":
        return _export_primaries(request, fmt)
    person = person_of(request)
    form = AuditFilter(request.GET, person=person)
    if not form.is_valid():
        return redirect(f"{reverse('audit')}?{request.GET.urlencode()}")
    # Pinned before the export records itself: the file holds what the page showed.
    last = Entry.objects.order_by("-number").values_list("number", flat=True).first() or 0
    named = keys_named(person, form.cleaned_data)
    found = kept(entries_for(person), form.cleaned_data, named).filter(number__lte=last).order_by("number")
    _record_export(request, what="entries", fmt=fmt, data={"filters": form.given(), "up_to_number": last})
    rows = (entry_row(entry) for entry in found.iterator(chunk_size=1000))
    return _download("audit", fmt, ENTRY_COLUMNS, rows)


def _primaries(request: HttpRequest) -> HttpResponse:
    asked = "day" in request.GET
    form = AsOf(request.GET if asked else None)
    moment = form.moment if form.is_valid() else None
    keys = keys_of(accounts_where(person_of(request), Permission.READ_AUDIT))
    keys_page = Paginator(keys, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "moment": moment,
        "keys_page": keys_page,
        "rows": primary_rows(list(keys_page), moment) if moment else [],
    }
    return page(request, "audit/primaries.html", "primaries", context)


def _export_primaries(request: HttpRequest, fmt: str) -> HttpResponse | StreamingHttpResponse:
    form = AsOf(request.GET)
    if not form.is_valid():
        return redirect(f"{reverse('audit')}?{request.GET.urlencode()}")
    _record_export(request, what="primaries", fmt=fmt, data={"as_of": form.moment.isoformat()})
    keys = keys_of(accounts_where(person_of(request), Permission.READ_AUDIT))
    return _download("primaries", fmt, PRIMARY_COLUMNS, exported(keys, form.moment))


def _record_export(request: HttpRequest, *, what: str, fmt: str, data: dict[str, Any]) -> None:
    now = timezone.now()
    with transaction.atomic():
        record(
            Event.AUDIT_EXPORTED,
            actor=person_of(request).username,
            subject="audit",
            now=now,
            data={"what": what, "format": fmt, **data, **told(proof_given(request), now=now)},
        )


def _download(
    name: str, fmt: str, columns: Sequence[str], rows: Iterable[Mapping[str, Any]]
) -> StreamingHttpResponse:
    lines = csv_lines(columns, rows) if fmt == "csv" else json_lines(rows)
    file_name = f"{name}-{timezone.now():%Y%m%dT%H%M%SZ}.{fmt}"
    headers = {"Content-Disposition": f'attachment; filename="{file_name}"'}
    return StreamingHttpResponse(lines, content_type=_TYPES[fmt], headers=headers)
