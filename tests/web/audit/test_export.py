"""Taking the record away: exactly what the page shows, with everything that checking it needs."""

from __future__ import annotations

import csv
import json
import tracemalloc
from datetime import datetime
from io import StringIO
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from keyconsole.audit.events import Event
from keyconsole.audit.leaf import write
from keyconsole.audit.log import Happened, record_all
from keyconsole.audit.models import Entry
from keyconsole.audit.verifier import leaf_hash
from tests.cast import Cast, Inventory
from tests.web.audit.test_audit import auditor_of_payments, note

pytestmark = [pytest.mark.django_db, pytest.mark.every_database]
FIELDS = ("number", "at", "event", "actor", "subject", "account_id", "data")
CSV, JSON = "/audit/export.csv", "/audit/export.json"


def body(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200
    return b"".join(response).decode()


@pytest.fixture
def entries(cast: Cast) -> None:
    note(Event.PERSON_SIGNED_IN, "ana")
    note(Event.CHANGE_REQUESTED, "CR-1", "111122223333", reason='=HYPERLINK("https://example.org")')
    note(Event.ACCOUNT_ADDED, "=1+1", "222233334444")


def test_json_holds_every_entry_with_its_hashes_in_order(entries: None, as_cleo: Client) -> None:
    rows = json.loads(body(as_cleo, JSON))
    assert [row["number"] for row in rows] == [1, 2, 3]
    for row in rows:
        content = {name: row[name] for name in FIELDS}
        leaf = write(content, previous=row["previous"]).leaf
        assert leaf_hash(leaf).hex() == row["sha256"]


def test_csv_holds_nothing_that_a_spreadsheet_would_calculate(entries: None, as_cleo: Client) -> None:
    rows = list(csv.DictReader(StringIO(body(as_cleo, CSV), newline="")))
    assert [row["subject"] for row in rows] == ["ana", "CR-1", "'=1+1"]
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row.values())


def test_filters_of_the_page_hold_for_the_file(entries: None, as_cleo: Client) -> None:
    assert [row["number"] for row in json.loads(body(as_cleo, f"{JSON}?event=change.requested"))] == [2]


def test_an_auditor_of_one_account_takes_its_entries_alone(
    entries: None, cast: Cast, as_cleo: Client
) -> None:
    auditor_of_payments(cast)
    assert [row["number"] for row in json.loads(body(as_cleo, JSON))] == [2]


def test_an_export_is_recorded_and_does_not_hold_itself(entries: None, as_cleo: Client) -> None:
    rows = json.loads(body(as_cleo, f"{JSON}?actor=ana"))
    exported = Entry.objects.get(event="audit.exported")
    assert (exported.actor, exported.number) == ("cleo", 4)
    assert 0 <= exported.data.pop("proof_age_seconds") < 60
    assert exported.data == {
        "proof": "password",
        "what": "entries",
        "format": "json",
        "filters": {"actor": "ana"},
        "up_to_number": 3,
        "count": 3,
    }
    assert 4 not in [row["number"] for row in rows]


def test_a_filter_that_cannot_be_used_exports_nothing(entries: None, as_cleo: Client) -> None:
    response = as_cleo.get(f"{CSV}?since=yesterday")
    assert response.headers["Location"] == "/audit/?since=yesterday"
    assert not Entry.objects.filter(event="audit.exported").exists()


def test_a_file_is_named_and_never_cached(entries: None, as_cleo: Client) -> None:
    response = as_cleo.get(CSV)
    assert response.headers["Content-Disposition"].startswith('attachment; filename="audit-')
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert "no-store" in response.headers["Cache-Control"]


def test_primaries_are_exported_as_of_the_moment(inventory: Inventory, as_cleo: Client) -> None:
    rows = json.loads(body(as_cleo, f"{JSON}?view=primaries&day=2099-01-01"))
    assert {(row["account"], row["alias"]): row["primary_region"] for row in rows} == {
        ("archive", "alias/old-vault"): "ca-central-1",
        ("payments", "alias/card-vault"): "us-east-1",
        ("payments", "alias/ledger"): "eu-west-1",
        ("research", "alias/genome"): "us-west-2",
    }


def test_nobody_is_told_where_a_primary_will_be(inventory: Inventory, as_cleo: Client) -> None:
    rows = json.loads(body(as_cleo, f"{JSON}?view=primaries&day=2099-01-01"))
    assert {datetime.fromisoformat(row["as_of"]) <= timezone.now() for row in rows} == {True}
    recorded = Entry.objects.get(event="audit.exported").data["as_of"]
    assert datetime.fromisoformat(recorded) <= timezone.now()


def test_primaries_before_anybody_looked_are_unknown(inventory: Inventory, as_cleo: Client) -> None:
    content = body(as_cleo, f"{CSV}?view=primaries&day=2020-01-01")
    rows = list(csv.DictReader(StringIO(content, newline="")))
    assert {row["primary_region"] for row in rows} == {"unknown"}


def test_primaries_without_a_day_are_those_of_now(inventory: Inventory, as_cleo: Client) -> None:
    before = timezone.now()
    [as_of] = {row["as_of"] for row in json.loads(body(as_cleo, f"{JSON}?view=primaries"))}
    assert before.replace(microsecond=0) <= datetime.fromisoformat(as_of) <= timezone.now()


@pytest.mark.parametrize(
    "query", ["?view=primaries&day=soon", "?view=moves&since=2026-05-03&until=2026-05-01"]
)
def test_a_question_that_cannot_be_used_leads_back_to_it(
    inventory: Inventory, as_cleo: Client, query: str
) -> None:
    assert as_cleo.get(CSV + query).headers["Location"] == f"/audit/{query}"
    assert not Entry.objects.exists()


def test_every_format_holds_the_same_entries_and_says_how_many(entries: None, as_cleo: Client) -> None:
    wanted = "?since=2026-05-01&show=no-scans"
    lines = body(as_cleo, f"/audit/export.jsonl{wanted}").splitlines()
    ocsf = body(as_cleo, f"/audit/export.ocsf{wanted}").splitlines()
    assert [json.loads(line)["number"] for line in lines] == [1, 2, 3]
    # The first export is an entry of its own by now.
    told = [json.loads(line) for line in ocsf]
    assert [event["metadata"]["sequence"] for event in told] == [1, 2, 3, 4]
    assert [event["api"]["operation"] for event in told][-1] == "audit.exported"
    exports = Entry.objects.filter(event="audit.exported").order_by("number")
    assert [(entry.data["format"], entry.data["count"]) for entry in exports] == [("jsonl", 3), ("ocsf", 4)]
    assert exports[0].data["filters"] == {"since": "2026-05-01", "show": "no-scans"}


def test_an_export_of_moves_holds_from_to_when_and_by_what(inventory: Inventory, as_cleo: Client) -> None:
    assert json.loads(body(as_cleo, f"{JSON}?view=moves&since=2020-01-01")) == []
    assert Entry.objects.get(event="audit.exported").data["what"] == "moves"


@pytest.mark.parametrize("view", ["primaries", "moves"])
def test_ocsf_is_for_entries_alone(inventory: Inventory, as_cleo: Client, view: str) -> None:
    assert as_cleo.get(f"/audit/export.ocsf?view={view}").status_code == 404
    assert not Entry.objects.exists()


def test_a_long_record_leaves_in_two_queries_and_little_memory(
    cast: Cast, as_cleo: Client, django_assert_max_num_queries: Any
) -> None:
    happened = [
        Happened(
            event=Event.SCAN_FINISHED, actor="keyconsole", subject="111122223333", data={"calls": number}
        )
        for number in range(6000)
    ]
    with transaction.atomic():
        record_all(happened, now=timezone.now())
    response: Any = as_cleo.get("/audit/export.jsonl")
    next(chunks := iter(response))
    tracemalloc.start()
    with django_assert_max_num_queries(1):
        size = sum(len(chunk) for chunk in chunks)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert size > 1_500_000
    assert peak < 8_000_000


@pytest.mark.parametrize("fmt", ["xlsx", "CSV", "csv.exe", "%00"])
def test_other_formats_are_not_there(as_cleo: Client, fmt: str) -> None:
    assert as_cleo.get(f"/audit/export.{fmt}").status_code == 404


@pytest.mark.parametrize("method", ["post", "head", "put"])
def test_only_a_plain_get_exports(as_cleo: Client, method: str) -> None:
    assert getattr(as_cleo, method)(CSV).status_code == 405
    assert not Entry.objects.exists()


@pytest.mark.parametrize("name", ["ana", "ben", "dan"])
def test_people_who_may_not_read_it_are_refused(client_as: Any, name: str) -> None:
    assert client_as(name).get(CSV).status_code == 403


def test_signed_out_people_are_sent_to_sign_in(anonymous: Client, db: None) -> None:
    assert anonymous.get(CSV).headers["Location"].startswith("/sign-in/")
