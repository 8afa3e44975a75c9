"""A file of rows, streamed: CSV that no spreadsheet runs, JSON or JSON lines. It is recorded first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.http import Http404, StreamingHttpResponse

from keyconsole.audit.events import Event
from keyconsole.audit.export import csv_lines, in_blocks, json_lines, jsonl_lines
from keyconsole.audit.log import record

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "jsonl": "application/x-ndjson; charset=utf-8",
    "ocsf": "application/x-ndjson; charset=utf-8",
}
_ROWS = ("csv", "json", "jsonl")
_ENDINGS = {"ocsf": "ocsf.jsonl"}


def recorded_download(
    name: str,
    fmt: str,
    columns: Sequence[str],
    rows: Iterable[Mapping[str, Any]],
    *,
    by: User,
    now: datetime,
    subject: str = "",
    formats: Sequence[str] = _ROWS,
    **facts: Any,
) -> StreamingHttpResponse:
    """`rows` are made one at a time while they leave, after the event of this export is kept."""
    if fmt not in formats:
        raise Http404(f"Exports are {', '.join(formats)}.")
    with transaction.atomic():
        data = {"what": name, "format": fmt, **facts}
        record(Event.AUDIT_EXPORTED, actor=by.username, subject=subject or name, now=now, data=data)
    file_name = f"{name}-{now:%Y%m%dT%H%M%SZ}.{_ENDINGS.get(fmt, fmt)}"
    headers = {"Content-Disposition": f'attachment; filename="{file_name}"'}
    lines = in_blocks(_lines(fmt, columns, rows))
    return StreamingHttpResponse(lines, content_type=TYPES[fmt], headers=headers)


def _lines(fmt: str, columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> Iterable[str]:
    if fmt == "csv":
        return csv_lines(columns, rows)
    return json_lines(rows) if fmt == "json" else jsonl_lines(rows)
