"""After a restore the world is ahead of the record: a worker notices, and nothing runs until people look."""

from __future__ import annotations

import json

import pytest
from django.db import transaction

from keyconsole.audit.events import Event
from keyconsole.audit.log import record
from keyconsole.audit.models import Entry
from keyconsole.policies.models import Freeze
from keyconsole.policies.schedule import freeze
from keyconsole.worker.restored import look_for_a_restore, note_file
from tests.audit.tampering import with_the_schemas_rights
from tests.cast import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.KEYCONSOLE_DATA_DIR = tmp_path
    return tmp_path


def happen(*subjects):
    with transaction.atomic():
        for subject in subjects:
            record(Event.CHANGE_COMMENTED, actor="ana", subject=subject, now=NOW)


def restore(*, to: int) -> None:
    """The record as a backup had it."""
    with with_the_schemas_rights():
        Entry.objects.filter(number__gt=to).delete()


def test_a_record_that_only_grew_is_nothing_to_tell(folder):
    happen("CR-1")
    assert not look_for_a_restore(now=NOW)
    happen("CR-2")
    assert not look_for_a_restore(now=NOW)
    assert json.loads(note_file().read_text())["number"] == 2
    assert freeze.current() is None


def test_an_older_record_freezes_everything_and_says_from_where_to_where():
    happen("CR-1", "CR-2", "CR-3")
    look_for_a_restore(now=NOW)
    restore(to=1)
    assert look_for_a_restore(now=NOW)
    words = freeze.current_words()
    assert "by keyconsole: The record ended at entry 1 of " in words
    assert "had seen entry 3 of " in words
    [told] = Entry.objects.filter(event="record.went_back")
    assert (told.data["seen"]["number"], told.data["found"]["number"]) == (3, 1)


def test_it_is_noticed_too_when_new_entries_have_taken_the_numbers_of_the_lost_ones():
    happen("CR-1", "CR-2")
    look_for_a_restore(now=NOW)
    restore(to=1)
    happen("CR-7", "CR-8", "CR-9")
    assert look_for_a_restore(now=NOW)


def test_once_noticed_and_lifted_it_is_not_told_again():
    happen("CR-1", "CR-2")
    look_for_a_restore(now=NOW)
    restore(to=1)
    assert look_for_a_restore(now=NOW)
    Freeze.objects.update(lifted_at=NOW, lifted_by="ada")
    assert not look_for_a_restore(now=NOW)
    assert freeze.current() is None


def test_what_somebody_froze_stays_as_they_froze_it():
    happen("CR-1", "CR-2")
    look_for_a_restore(now=NOW)
    restore(to=1)
    Freeze.objects.create(why="restored", frozen_by="ada", frozen_at=NOW)
    assert look_for_a_restore(now=NOW)
    assert Freeze.objects.get().why == "restored"


def test_another_database_is_no_restored_one():
    happen("CR-1", "CR-2")
    look_for_a_restore(now=NOW)
    with with_the_schemas_rights():
        Entry.objects.all().delete()
    happen("CR-X")
    assert not look_for_a_restore(now=NOW)
    assert freeze.current() is None


@pytest.mark.parametrize("text", ["", "nonsense", "[1]", "{}"])
def test_a_note_that_cannot_be_read_is_written_anew(text):
    happen("CR-1")
    note_file().write_text(text)
    assert not look_for_a_restore(now=NOW)
    assert json.loads(note_file().read_text())["number"] == 1


def test_a_folder_that_takes_no_note_stops_nobody(settings, tmp_path):
    settings.KEYCONSOLE_DATA_DIR = tmp_path / "not there"
    happen("CR-1")
    assert not look_for_a_restore(now=NOW)
