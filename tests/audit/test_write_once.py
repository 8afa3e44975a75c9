"""What was recorded is not written again: the database refuses, whoever asks it through the program."""

from __future__ import annotations

import json

import pytest
from django.db import DatabaseError, connection, transaction

from keyconsole.audit.events import Event
from keyconsole.audit.log import Happened, record, record_all
from keyconsole.audit.models import Entry
from keyconsole.audit.verification import check_record, first_broken_entry
from tests.audit.tampering import with_the_schemas_rights
from tests.cast import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def entries(db):
    with transaction.atomic():
        for subject in ("CR-1", "CR-2", "CR-3"):
            record(Event.CHANGE_REQUESTED, actor="ana", subject=subject, now=NOW, data={"to": "eu-west-1"})


def refused(deed):
    with pytest.raises(DatabaseError, match="is written once"), transaction.atomic():
        deed()
    assert list(Entry.objects.values_list("number", "actor")) == [(1, "ana"), (2, "ana"), (3, "ana")]


def said(statement):
    def deed():
        with connection.cursor() as cursor:
            cursor.execute(statement)

    return deed


def test_an_entry_is_not_changed():
    refused(lambda: Entry.objects.filter(number=2).update(actor="eve"))
    refused(lambda: Entry.objects.get(number=2).save())


def test_an_entry_is_not_removed():
    refused(lambda: Entry.objects.filter(number=3).delete())
    refused(said("DELETE FROM audit_entry"))


def test_the_table_is_not_emptied():
    if connection.vendor == "postgresql":
        refused(said("TRUNCATE audit_entry"))


@pytest.mark.parametrize("taken", ["id", "number", "previous"])
def test_an_entry_is_not_replaced(taken):
    if connection.vendor == "postgresql":
        pytest.skip("PostgreSQL has no REPLACE.")
    columns = ["id", "number", "at", "event", "actor", "subject", "account_id", "data", "previous", "sha256"]
    values = {"id": "99", "number": "99", "previous": "'x'", "actor": "'eve'"} | {taken: taken}
    chosen = ", ".join(values.get(name, name) for name in [*columns, "leaf"])
    into = f"INSERT OR REPLACE INTO audit_entry ({', '.join([*columns, 'leaf'])})"
    refused(said(f"{into} SELECT {chosen} FROM audit_entry WHERE number = 2"))  # noqa: S608


def test_the_bytes_are_kept_as_they_were_written():
    entry = Entry.objects.get(number=2)
    leaf = bytes(entry.leaf)
    assert leaf.startswith(b'{"v":1,"number":2,"at":"2026-')
    assert json.loads(leaf)["data"] == {"to": "eu-west-1"} == entry.data
    assert json.loads(leaf)["previous"] == entry.previous == Entry.objects.get(number=1).sha256


def test_material_that_is_too_long_stands_beside_its_entry():
    with transaction.atomic():
        record(Event.POLICY_PROPOSED, actor="ana", subject="x", now=NOW, data={"document": "Ü" * 70_000})
    entry = Entry.objects.get(number=4)
    assert len(bytes(entry.leaf)) < 65_536
    assert json.loads(bytes(entry.material or b"")) == entry.data == {"document": "Ü" * 70_000}
    assert check_record().breaks == []


@pytest.mark.parametrize(
    "column", ["event", "actor", "subject", "account_id", "data", "at", "previous", "sha256", "material"]
)
def test_a_page_that_would_show_another_thing_than_was_written_is_found(column):
    value = {"data": {"to": "us-east-1"}, "at": NOW.replace(year=2020), "material": b"{}"}
    with with_the_schemas_rights():
        Entry.objects.filter(number=2).update(**{column: value.get(column, "forged")})
    assert first_broken_entry() == 2


def test_many_events_of_one_transaction_are_few_statements(django_assert_max_num_queries):
    many = [Happened(event=Event.KEY_FIRST_SEEN, actor="a", subject=f"mrk-{n}", data={}) for n in range(200)]
    with transaction.atomic(), django_assert_max_num_queries(4):
        record_all(many, now=NOW)
    assert first_broken_entry() is None
