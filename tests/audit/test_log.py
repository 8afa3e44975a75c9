"""The only writer: always inside a transaction, always chained, and a touched table is noticed."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import transaction

from keyconsole.audit.events import Event
from keyconsole.audit.log import NotInTransactionError, record
from keyconsole.audit.models import Entry
from keyconsole.audit.verification import first_broken_entry
from keyconsole.audit.verifier import FIRST
from tests.audit.tampering import with_the_schemas_rights

NOW = datetime(2026, 11, 23, 20, 31, 7, 123456, tzinfo=UTC)


def record_three() -> list[Entry]:
    with transaction.atomic():
        return [record(Event.CHANGE_REQUESTED, actor="ana", subject=f"CR-{n}", now=NOW) for n in (1, 2, 3)]


@pytest.mark.django_db(transaction=True)
def test_recording_outside_of_a_transaction_is_refused():
    with pytest.raises(NotInTransactionError, match=r"change\.requested"):
        record(Event.CHANGE_REQUESTED, actor="ana", subject="CR-1", now=NOW)
    assert not Entry.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_what_is_rolled_back_leaves_no_entry_and_no_gap():
    record_three()
    with transaction.atomic():
        record(Event.CHANGE_DONE, actor="keyconsole", subject="CR-1", now=NOW)
        transaction.set_rollback(True)
    with transaction.atomic():
        assert record(Event.CHANGE_DONE, actor="keyconsole", subject="CR-1", now=NOW).number == 4
    assert first_broken_entry() is None


@pytest.mark.django_db
def test_entries_are_numbered_and_chained():
    one, two, three = record_three()
    assert [one.number, two.number, three.number] == [1, 2, 3]
    assert [one.previous, two.previous, three.previous] == [FIRST, one.sha256, two.sha256]
    assert first_broken_entry() is None


@pytest.mark.django_db
def test_an_entry_says_who_what_when_about_what_and_where():
    with transaction.atomic():
        record(
            Event.KEY_PRIMARY_MOVED,
            actor="keyconsole",
            subject="mrk-1",
            now=NOW,
            account_id="111122223333",
            data={"from": "us-east-1", "to": "eu-west-1"},
        )
    entry = Entry.objects.get()
    assert entry.content() == {
        "number": 1,
        "at": "2026-11-23T20:31:07.123456+00:00",
        "event": "key.primary_moved",
        "actor": "keyconsole",
        "subject": "mrk-1",
        "account_id": "111122223333",
        "data": {"from": "us-east-1", "to": "eu-west-1"},
    }
    assert entry.describes == "A scan saw a primary in another Region than before."


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change", [{"actor": "ben"}, {"subject": "CR-9"}, {"data": {"x": 1}}, {"event": "scan.finished"}]
)
def test_an_entry_edited_in_the_table_is_named(change):
    record_three()
    with with_the_schemas_rights():
        Entry.objects.filter(number=2).update(**change)
    assert first_broken_entry() == 2


@pytest.mark.django_db
def test_an_entry_deleted_from_the_table_is_named():
    record_three()
    with with_the_schemas_rights():
        Entry.objects.filter(number=2).delete()
    assert first_broken_entry() == 2


@pytest.mark.django_db
def test_unicode_control_characters_and_nested_data_keep_the_chain():
    data = {
        "reason": "évacuation ⚡ \x07 \u202e",
        "regions": [{"region": "us-east-1", "n": 1.5, "none": None}],
    }
    with transaction.atomic():
        record(Event.CHANGE_REQUESTED, actor="ana", subject="CR-1", now=NOW, data=data)
    assert first_broken_entry() is None


@pytest.mark.django_db
def test_dates_in_data_read_back_as_they_were_hashed():
    with transaction.atomic():
        record(
            Event.CHANGE_REQUESTED, actor="ana", subject="CR-1", now=NOW, data={"seen_at": NOW.isoformat()}
        )
    assert first_broken_entry() is None
    assert Entry.objects.get().data == {"seen_at": "2026-11-23T20:31:07.123456+00:00"}
