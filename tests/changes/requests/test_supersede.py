"""An emergency takes the place of what waits for its key; what was begun it leaves alone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import User

from keyconsole.audit.models import Entry
from keyconsole.changes.batches.advance import advance
from keyconsole.changes.batches.decide import approve_batch
from keyconsole.changes.batches.progress import batch_progress
from keyconsole.changes.models import Batch, Change
from keyconsole.changes.requests.break_glass import break_glass, may_break_glass
from keyconsole.changes.requests.create import MoveRequest
from keyconsole.changes.requests.request import request_move
from keyconsole.notifications.models import Delivery
from keyconsole.policies.quorum.requirements import Requirement
from keyconsole.refusals import Refused
from tests.cast import NOW
from tests.changes.approvals.teams import agree, claim, give, hold_for_payments, join
from tests.changes.batches.given import ask_for, lines_of, make_keys, states_of

pytestmark = pytest.mark.django_db
WHY = "It has to leave us-east-1 within the hour."
ONE = (Requirement("", 1),)


@pytest.fixture
def on_call(cast, settings):
    """Ada's people ask; Cleo is on call and may request."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    for person in (cast.ana, cast.ben, cast.bea):
        User.objects.filter(pk=person.pk).update(email=f"{person.username}@example.com")
    hold_for_payments(cast, requirements=ONE, emergency_group="on-call")
    join("on-call", cast.cleo)
    give(cast.cleo, "requester")
    return cast


@pytest.fixture
def ask(inventory, on_call):
    def request(**over):
        wish = {"to_region": "us-west-2", "by": on_call.ana, "reason": "Closer.", "token": "r", "now": NOW}
        return request_move(inventory.card_vault, **{**wish, **over})

    return request


def emergency(key, by, token="e"):
    wish = MoveRequest(key=key, to_region="eu-west-1", by=by, reason=WHY, token=token)
    return break_glass(wish, reauthenticated_at=NOW, now=NOW)


@pytest.mark.parametrize("was", ["pending", "approved"])
def test_what_waits_is_cancelled_and_names_the_emergency(ask, on_call, inventory, was):
    waited = ask() if was == "pending" else agree(ask(), on_call.ben)
    assert waited.state == was
    assert may_break_glass(on_call.cleo, inventory.card_vault, to_region="eu-west-1", now=NOW).allowed
    change = emergency(inventory.card_vault, on_call.cleo)
    waited.refresh_from_db()
    assert (waited.state, waited.superseded_by) == ("cancelled", change)
    assert waited.outcome == (
        f"Superseded by the emergency {change.ref} of cleo. Nothing was sent to AWS for this one."
    )
    told = Entry.objects.get(event="change.superseded")
    assert (told.subject, told.actor, told.data["superseded_by"]) == (waited.ref, "cleo", change.ref)
    assert Entry.objects.get(event="emergency.used").data["supersedes"] == [waited.ref]
    assert change.state == "approved"


def test_who_asked_and_who_had_agreed_are_told(ask, on_call, inventory):
    waited = agree(ask(), on_call.ben)
    Delivery.objects.all().delete()
    change = emergency(inventory.card_vault, on_call.cleo)
    told = Delivery.objects.filter(topic="change.ended", subject__startswith=waited.ref)
    assert {"ana", "ben"} <= set(told.values_list("person__username", flat=True))
    assert f"emergency {change.ref}" in told[0].body


def test_an_emergency_that_is_refused_supersedes_nothing(ask, on_call, inventory):
    waited = ask()
    with pytest.raises(Refused, match="Only members of on-call"):
        emergency(inventory.card_vault, on_call.ana)
    waited.refresh_from_db()
    assert waited.state == "pending"


def test_what_a_worker_has_claimed_is_never_superseded(ask, on_call, inventory):
    waited = agree(ask(), on_call.ben)
    claim(Change.objects.select_related("key__account", "requester").get(pk=waited.pk), now=NOW)
    with pytest.raises(Refused, match=f"{waited.ref} is already under way for this key"):
        emergency(inventory.card_vault, on_call.cleo)
    waited.refresh_from_db()
    assert waited.state == "executing"
    assert not Change.objects.filter(is_emergency=True).exists()


@pytest.fixture
def batch(on_call):
    """Three keys of payments, approved by Ben."""
    found = ask_for(make_keys(on_call.payments, 3), on_call)
    approve_batch(found, by=on_call.ben, plan_sha256=found.plan_sha256, now=NOW)
    return found


@pytest.mark.parametrize("begun", [False, True])
def test_one_line_of_a_batch_gives_way_and_the_others_go_on(batch, on_call, begun):
    if begun:
        advance(Batch.objects.get(), now=NOW)
    Delivery.objects.all().delete()
    lines = lines_of(batch)
    change = emergency(lines[1].key, on_call.cleo)
    assert states_of(batch) == ["approved", "cancelled", "approved"]
    told = Delivery.objects.filter(subject__contains=f"superseded by the emergency {change.ref}")
    assert set(told.values_list("person__username", flat=True)) == {"ana", "ben"}
    advance(Batch.objects.get(), now=NOW + timedelta(seconds=10))
    batch.refresh_from_db()
    assert batch.stopped_at is None
    assert [bool(line.released_at) for line in lines_of(batch) if line.state == "approved"] == [True, True]
    shown = batch_progress(batch, lines_of(batch))
    assert shown.closed == 1
    assert f"Superseded by the emergency {change.ref}" in shown.lines[1].note


def test_a_batch_whose_last_pending_line_gives_way_no_longer_waits_for_it(on_call):
    batch = ask_for(make_keys(on_call.payments, 2), on_call)
    first, second = lines_of(batch)
    agree(first, on_call.ben)
    advance(Batch.objects.get(), now=NOW)
    assert not any(line.released_at for line in lines_of(batch))
    emergency(second.key, on_call.cleo)
    advance(Batch.objects.get(), now=NOW + timedelta(seconds=10))
    assert [bool(line.released_at) for line in lines_of(batch)] == [True, False]


def test_a_batch_of_which_every_line_gave_way_ends(on_call):
    batch = ask_for(make_keys(on_call.payments, 1), on_call)
    emergency(lines_of(batch)[0].key, on_call.cleo)
    advance(Batch.objects.get(), now=NOW + timedelta(seconds=10))
    batch.refresh_from_db()
    assert batch.ended_at is not None
