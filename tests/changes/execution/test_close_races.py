"""Several people and a worker at one overdue change at the same moment, from processes of their own."""

from __future__ import annotations

import pytest
from django.utils import timezone

from keyconsole.audit.models import Entry
from keyconsole.audit.verification import first_broken_entry
from keyconsole.changes.models import Change, Closing
from tests import processes
from tests.changes import person_process
from tests.changes.actions.ready import overdue

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.processes]


@pytest.fixture
def change(cast, inventory):
    return overdue(cast, inventory)


def meet(*deeds, change):
    """All at once; the refusals, empty where there was none."""
    now = timezone.now()
    with processes.rivals(*[(person_process.obey,)] * len(deeds)) as rivals:
        for rival, (verb, by) in zip(rivals, deeds, strict=True):
            rival.say({"verb": verb, "change": change.pk, "by": by, "now": now})
        return [rival.hear() for rival in rivals]


def test_of_several_clicks_to_close_one_asks_and_of_several_that_agree_one_closes(change):
    asked = meet(*[("close", "ada")] * 4, change=change)
    assert asked.count("") == 1
    assert Closing.objects.count() == 1
    agreed = meet(("agree", "ben"), ("agree", "bea"), ("agree", "ben"), ("agree", "ada"), change=change)
    assert agreed.count("") == 1
    assert agreed[3] != ""
    assert Change.objects.get().state == "unknown"
    assert Entry.objects.filter(event="change.unknown").count() == 1
    assert first_broken_entry() is None


def test_a_worker_that_looks_and_a_person_who_agrees_never_both_hold_it(change):
    meet(("close", "ada"), change=change)
    told = meet(("look", ""), ("agree", "ben"), ("look", ""), change=change)
    found = Change.objects.get()
    assert (found.state == "unknown") == (told[1] == "")
    assert Entry.objects.filter(event="change.unknown").count() == (told[1] == "")
    assert found.lease == ""
