"""Rows as files for others to keep: CSV that no spreadsheet runs, JSON and JSON lines that keep every hash.

Lines are made one at a time, so that a long record costs no memory. Records nothing itself.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from io import StringIO
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder

from keyconsole.audit.canonical import canonical_json
from keyconsole.audit.models import Entry

ENTRY_COLUMNS = ("number", "at", "event", "actor", "subject", "account_id", "data", "previous", "sha256")
Row = Mapping[str, Any]

# A spreadsheet takes a cell that begins with one of these for a formula.
_STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
# A line at a time would be a write to the socket each.
_BLOCK = 64 * 1024


def entry_row(entry: Entry) -> dict[str, Any]:
    """What the hash covers, and both hashes: enough to check the chain without KeyConsole."""
    return {**entry.content(), "previous": entry.previous, "sha256": entry.sha256}


def csv_lines(columns: Sequence[str], rows: Iterable[Row]) -> Iterator[str]:
    yield _csv_line(columns)
    for row in rows:
        yield _csv_line([_as_text(row[column]) for column in columns])


def json_lines(rows: Iterable[Row]) -> Iterator[str]:
    """One array, one row a line: valid as a whole and still readable line by line."""
    before = "[\n"
    for row in rows:
        yield before + _as_json(row)
        before = ",\n"
    yield "\n]\n" if before == ",\n" else "[]\n"


def jsonl_lines(rows: Iterable[Row]) -> Iterator[str]:
    """JSON lines: one object a line and nothing around them, as log shippers and SIEMs read it."""
    for row in rows:
        yield _as_json(row) + "\n"


def in_blocks(lines: Iterable[str]) -> Iterator[str]:
    block, size = [], 0
    for line in lines:
        block.append(line)
        size += len(line)
        if size >= _BLOCK:
            yield "".join(block)
            block, size = [], 0
    if block:
        yield "".join(block)


def safe_cell(text: str) -> str:
    """The text with an apostrophe before it where a spreadsheet would calculate it."""
    return f"'{text}" if text.startswith(_STARTS_A_FORMULA) else text


def _as_json(row: Row) -> str:
    return json.dumps(row, cls=DjangoJSONEncoder, ensure_ascii=False, sort_keys=True)


def _as_text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, (dict, list)):
        return canonical_json(value)
    return safe_cell(str(value))


def _csv_line(cells: Sequence[str]) -> str:
    line = StringIO()
    csv.writer(line).writerow(cells)
    return line.getvalue()
