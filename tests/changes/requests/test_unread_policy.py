"""No request under a policy that this version of KeyConsole does not understand: it may ask for more."""

from __future__ import annotations

import uuid

import pytest

from keyconsole.changes.batches.request import LinesRefusedError, request_batch
from keyconsole.changes.models import Change
from keyconsole.changes.requests.break_glass import break_glass
from keyconsole.changes.requests.create import MoveRequest
from keyconsole.changes.requests.request import request_move
from keyconsole.refusals import Refused
from tests.cast import NOW
from tests.changes.approvals.teams import hold_for_payments, join

pytestmark = pytest.mark.django_db
WHY = "does not understand second_look in its rules. Nobody can tell what the move needs"


@pytest.fixture(autouse=True)
def _later_policy(cast):
    version = hold_for_payments(cast, emergency_group="on-call")
    version.document["second_look"] = True
    version.save()
    join("on-call", cast.ana)


@pytest.fixture
def wish(cast):
    reason = "It has to leave us-east-1 within the hour."
    return {"to_region": "eu-west-1", "by": cast.ana, "reason": reason, "token": uuid.uuid4().hex}


def test_nothing_is_asked_for_under_it(inventory, wish):
    with pytest.raises(Refused, match=WHY):
        request_move(inventory.card_vault, now=NOW, **wish)
    assert not Change.objects.exists()


def test_no_batch_either(inventory, wish):
    with pytest.raises(LinesRefusedError, match=WHY):
        request_batch([inventory.card_vault], now=NOW, **wish)
    assert not Change.objects.exists()


def test_nor_in_an_emergency(inventory, wish):
    with pytest.raises(Refused, match=WHY):
        break_glass(MoveRequest(key=inventory.card_vault, **wish), reauthenticated_at=NOW, now=NOW)
    assert not Change.objects.exists()


def test_other_keys_are_not_concerned(inventory, wish):
    assert request_move(inventory.genome, now=NOW, **{**wish, "to_region": "us-east-1"}).state == "approved"
