from __future__ import annotations

import pytest

from keyconsole.audit.models import Entry
from keyconsole.changes.models import Change
from keyconsole.changes.requests.request import cancel, request_move
from keyconsole.changes.states import State
from keyconsole.refusals import Lost, Refused
from tests.cast import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def change(inventory, cast):
    return request_move(
        inventory.card_vault, to_region="eu-west-1", by=cast.ana, reason="Closer.", token="t-1", now=NOW
    )


def test_the_requester_takes_it_back(change, cast):
    cancel(change, by=cast.ana, reason="not today", now=NOW)
    assert (change.state, change.closed_at) == ("cancelled", NOW)
    assert "not today" in change.outcome
    assert Entry.objects.get(event="change.cancelled").actor == "ana"


def test_an_administrator_may_cancel_for_another(change, cast):
    cancel(change, by=cast.ada, reason="", now=NOW)
    assert change.state == "cancelled"


@pytest.mark.parametrize("name", ["ben", "cleo", "dan"])
def test_others_may_not(change, cast, name):
    with pytest.raises(Refused, match="Only who asked"):
        cancel(change, by=getattr(cast, name), reason="", now=NOW)


@pytest.mark.parametrize("state", ["executing", "settling", "done", "stale", "not_applied", "cancelled"])
def test_what_has_begun_cannot_be_cancelled(change, cast, state):
    Change.objects.filter(pk=change.pk).update(state=state)
    change.refresh_from_db()
    with pytest.raises(Refused, match="only what has not begun"):
        cancel(change, by=cast.ana, reason="", now=NOW)


def test_a_worker_that_was_faster_wins(change, cast):
    """The page was read as approved; the worker claimed it before the button was pressed."""
    Change.objects.filter(pk=change.pk).update(state=State.EXECUTING)
    with pytest.raises(Lost):
        cancel(change, by=cast.ana, reason="", now=NOW)
    change.refresh_from_db()
    assert change.state == "executing"
    assert not Entry.objects.filter(event="change.cancelled").exists()


def test_the_key_is_free_again_afterwards(change, cast, inventory):
    cancel(change, by=cast.ana, reason="", now=NOW)
    again = request_move(
        inventory.card_vault, to_region="us-west-2", by=cast.ana, reason="Instead.", token="t-2", now=NOW
    )
    assert again.ref == "CR-2"
