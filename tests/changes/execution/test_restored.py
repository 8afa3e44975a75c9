"""A backup holds a change as approved that has run since: after its restore no worker runs it again."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from django.utils import timezone

from keyconsole.audit.models import Entry
from keyconsole.policies.schedule import freeze
from keyconsole.worker.restored import look_for_a_restore, note_file
from tests.audit.tampering import with_the_schemas_rights
from tests.changes.conftest import moves_sent
from tests.changes.processes import worker
from tests.patience import wait_until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.processes]


@pytest.fixture
def seen_here(settings):
    """The note of the data folder that workers of tests use."""
    settings.KEYCONSOLE_DATA_DIR = Path(tempfile.gettempdir())
    yield
    note_file().unlink(missing_ok=True)


def test_what_a_restored_backup_holds_as_approved_waits_for_people(seen_here, ask, cast, clock, kms):
    change = ask()
    last = Entry.objects.latest("number")
    held = freeze.freeze(by=cast.ada, why="maintenance", now=clock())
    freeze.lift(held, by="ada", because="It is over", now=clock())
    assert not look_for_a_restore(now=clock())
    with with_the_schemas_rights():
        Entry.objects.filter(number__gt=last.number).delete()
    with worker():
        wait_until(lambda: freeze.current() is not None, what="a worker has frozen everything")
        wait_until(lambda: change_was_checked(change), what="a worker has asked whether it may run")
    assert change.state == "approved"
    assert moves_sent(kms) == 0
    assert "had seen entry" in freeze.current_words()


def change_was_checked(change) -> bool:
    """Due again later: whoever had it in hand gave it back."""
    change.refresh_from_db()
    return change.lease == "" and change.due_at is not None and change.due_at > timezone.now()
