"""What the audit pages show, to take away: exactly what is filtered, streamed; each export is an event."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from keyconsole.audit.export import ENTRY_COLUMNS, entry_row
from keyconsole.audit.models import Entry
from keyconsole.audit.ocsf import ocsf_event
from keyconsole.aws_accounts.roles import Permission
from keyconsole.web.audit.list import AuditFilter, entries_for, kept, meaning
from keyconsole.web.audit.primaries_views import moves_file, primaries_file
from keyconsole.web.downloads import TYPES, recorded_download
from keyconsole.web.guards import Proof, person_of, requires
from keyconsole.web.reauthentication import Confirmation

_WORDS = {"csv": "CSV", "json": "JSON", "jsonl": "JSON lines", "ocsf": "OCSF"}
_OTHERS = {"primaries": primaries_file, "moves": moves_file}
_NAMES = {"primaries": "which Region was primary", "moves": "what moved"}
_ROW: Mapping[str, Callable[[Entry], dict[str, Any]]] = {"ocsf": ocsf_event}


def _exporting(request: HttpRequest, fmt: str) -> Confirmation | None:
    if fmt not in TYPES:
        return None
    what = _NAMES.get(request.GET.get("view", ""), "the audit")
    return Confirmation(f"export {what} as {_WORDS[fmt]}", back=_page(request))


@requires(Permission.READ_AUDIT, proof=Proof.FRESH_FILE, confirms=_exporting)
@require_GET
def export(request: HttpRequest, fmt: str) -> HttpResponse | StreamingHttpResponse:
    now = timezone.now()
    if fmt not in TYPES:
        raise Http404("Exports are csv, json, jsonl or ocsf.")
    if other := _OTHERS.get(request.GET.get("view", "")):
        return other(request, fmt) or redirect(_page(request))
    person = person_of(request)
    form = AuditFilter(request.GET, person=person)
    if not form.is_valid():
        return redirect(_page(request))
    # Pinned before the export records itself: the file holds what the page showed.
    last = Entry.objects.order_by("-number").values_list("number", flat=True).first() or 0
    found = kept(entries_for(person), form.cleaned_data, meaning(person, form.cleaned_data))
    found = found.filter(number__lte=last).order_by("number")
    facts = {"what": "entries", "filters": form.given(), "up_to_number": last, "count": found.count()}
    row = _ROW.get(fmt, entry_row)
    rows: Iterable[dict[str, Any]] = (row(entry) for entry in found.iterator(chunk_size=1000))
    return recorded_download(
        "audit", fmt, ENTRY_COLUMNS, rows, by=person, now=now, subject="audit", formats=tuple(TYPES), **facts
    )


def _page(request: HttpRequest) -> str:
    return f"{reverse('audit')}?{request.GET.urlencode()}"
