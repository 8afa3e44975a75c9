"""Who writes at the same moment waits: no number is missing or there twice, and the tree has one line."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.db import IntegrityError, connection, transaction

from keyconsole.audit.events import Event
from keyconsole.audit.leaf import write
from keyconsole.audit.log import record
from keyconsole.audit.models import Entry
from keyconsole.audit.tiles import grow, nodes, tree_size
from keyconsole.audit.verification import check_record
from keyconsole.audit.verifier import leaf_hash
from tests.cast import NOW
from tests.patience import PATIENCE

pytestmark = pytest.mark.django_db(transaction=True)
WRITERS, EACH = 4, 15


def at_once(*deeds: Callable[[], object]) -> None:
    faults: list[BaseException] = []

    def carry_out(deed: Callable[[], object]) -> None:
        try:
            deed()
        except BaseException as fault:  # noqa: BLE001 - told in the test's own thread
            faults.append(fault)
        finally:
            connection.close()

    threads = [threading.Thread(target=carry_out, args=(deed,)) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=PATIENCE)
    assert faults == []


def writes() -> None:
    for number in range(EACH):
        with transaction.atomic():
            record(Event.CHANGE_COMMENTED, actor="ana", subject=f"CR-{number}", now=NOW)


def grows() -> None:
    for _ in range(EACH):
        grow()


def test_writers_and_those_who_grow_the_tree_meet():
    at_once(*[writes] * WRITERS, grows, grows)
    assert list(Entry.objects.values_list("number", flat=True)) == list(range(1, WRITERS * EACH + 1))
    grow()
    assert tree_size() == WRITERS * EACH
    assert check_record(stored=nodes().leaf).breaks == []


@pytest.mark.parametrize("number", [2, 3])
def test_a_second_entry_after_the_same_one_is_refused_by_the_database(number):
    """A fork: another entry with the same number, or with the same one before it."""
    writes()
    fork = Entry.objects.get(number=2)
    leaf = write(fork.content() | {"number": number, "actor": "eve"}, previous=fork.previous).leaf
    columns = {"number": EACH + 1 if number == 3 else number, "previous": fork.previous}
    columns["previous"] = fork.previous if number == 3 else "0" * 63 + "1"
    with pytest.raises(IntegrityError), transaction.atomic():
        Entry.objects.create(
            at=NOW, event="x", actor="eve", subject="x", leaf=leaf, sha256=leaf_hash(leaf).hex(), **columns
        )
    assert check_record().breaks == []
