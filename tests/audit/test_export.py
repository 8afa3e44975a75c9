"""Exports: nothing that a spreadsheet runs, nothing that the chain needs left out."""

from __future__ import annotations

import csv
import json
from datetime import UTC, datetime
from io import StringIO

import pytest
from django.db import transaction

from keyconsole.audit.events import Event
from keyconsole.audit.export import (
    ENTRY_COLUMNS,
    csv_lines,
    entry_row,
    in_blocks,
    json_lines,
    jsonl_lines,
    safe_cell,
)
from keyconsole.audit.leaf import write
from keyconsole.audit.log import record
from keyconsole.audit.models import Entry
from keyconsole.audit.verifier import leaf_hash

FIELDS = ("number", "at", "event", "actor", "subject", "account_id", "data")
NOW = datetime(2026, 11, 23, 20, 31, 7, tzinfo=UTC)


def read_back(lines) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO("".join(lines), newline="")))


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-2", "@SUM(A1)", "\tcmd", "\rcmd", "\ncmd", '=HYPERLINK("https://example.org")']
)
def test_a_cell_that_would_be_calculated_is_quoted(text):
    assert safe_cell(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "ana", "CR-12", "us-east-1", "a=b", "{}", "42"])
def test_an_ordinary_cell_stays_as_it_is(text):
    assert safe_cell(text) == text


def test_csv_keeps_commas_quotes_line_breaks_and_other_alphabets():
    row = {"reason": 'one, "two"\nthree — Ü 鍵'}
    assert read_back(csv_lines(["reason"], [row])) == [row]


def test_csv_of_nothing_still_has_its_heading():
    assert list(csv_lines(["number", "at"], [])) == ["number,at\r\n"]


def test_csv_writes_data_as_canonical_json_and_none_as_nothing():
    lines = csv_lines(["data", "ended"], [{"data": {"b": 1, "a": [2]}, "ended": None}])
    assert read_back(lines) == [{"data": '{"a":[2],"b":1}', "ended": ""}]


@pytest.mark.parametrize("rows", [[], [{"n": 1}], [{"n": 1}, {"n": 2}, {"n": 3}]])
def test_json_is_one_valid_array(rows):
    assert json.loads("".join(json_lines(rows))) == rows


@pytest.mark.django_db
def test_an_exported_entry_is_enough_to_recompute_its_hash():
    with transaction.atomic():
        record(Event.KEY_PRIMARY_MOVED, actor="ana", subject="CR-1", now=NOW, data={"to": "eu-west-1"})
        record(Event.CHANGE_DONE, actor="keyconsole", subject="CR-1", now=NOW, account_id="111122223333")
    exported = json.loads("".join(json_lines(entry_row(entry) for entry in Entry.objects.all())))
    assert [set(row) for row in exported] == [set(ENTRY_COLUMNS)] * 2
    for row in exported:
        content = {name: row[name] for name in FIELDS}
        leaf = write(content, previous=row["previous"]).leaf
        assert leaf_hash(leaf).hex() == row["sha256"]


def test_json_lines_are_one_object_a_line():
    rows = [{"n": 1, "text": "two\nlines\u2028"}, {"n": 2, "text": ""}]
    lines = "".join(jsonl_lines(rows)).split("\n")
    assert [json.loads(line) for line in lines[:-1]] == rows
    assert lines[-1] == ""


def test_blocks_hold_every_line_in_order_and_none_is_large():
    lines = [f"{number}," + "x" * 1000 + "\n" for number in range(500)]
    blocks = list(in_blocks(lines))
    assert "".join(blocks) == "".join(lines)
    assert len(blocks) < 10
    assert max(map(len, blocks)) < 70_000
    assert list(in_blocks([])) == []
