"""A file of rows, streamed: CSV that no spreadsheet runs, or JSON. Its export is recorded first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.http import Http404, StreamingHttpResponse

from keyconsole.audit.events import Event
from keyconsole.audit.export import csv_lines, json_lines
from keyconsole.audit.log import record

TYPES = {"csv": "text/csv; charset=utf-8", "json": "application/json"}


def recorded_download(
    name: str,
    fmt: str,
    columns: Sequence[str],
    rows: Iterable[Mapping[str, Any]],
    *,
    by: User,
    now: datetime,
    **facts: Any,
) -> StreamingHttpResponse:
    if fmt not in TYPES:
        raise Http404("Exports are csv or json.")
    with transaction.atomic():
        data = {"what": name, "format": fmt, **facts}
        record(Event.AUDIT_EXPORTED, actor=by.username, subject=name, now=now, data=data)
    lines = csv_lines(columns, rows) if fmt == "csv" else json_lines(rows)
    headers = {"Content-Disposition": f'attachment; filename="{name}-{now:%Y%m%dT%H%M%SZ}.{fmt}"'}
    return StreamingHttpResponse(lines, content_type=TYPES[fmt], headers=headers)
