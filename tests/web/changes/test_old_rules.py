"""Changes whose pinned rules another version of KeyConsole wrote: closed ones open, open ones wait."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db.models import JSONField, Value
from django.test import Client
from django.utils import timezone

from keyconsole.changes.approvals.decide import reject, run
from keyconsole.changes.approvals.inbox import needing
from keyconsole.changes.approvals.run_gate import RunDecision, gate
from keyconsole.changes.models import Change
from keyconsole.changes.quorum import quorum_of
from keyconsole.changes.requests.break_glass import break_glass
from keyconsole.changes.requests.create import MoveRequest
from keyconsole.changes.requests.request import cancel
from keyconsole.policies.document import past_fields
from keyconsole.policies.document.past_fields import Step
from keyconsole.refusals import Lost, Refused
from tests.cast import Cast, Inventory
from tests.changes.approvals.teams import (
    agree,
    check_everything_that_waits,
    claim,
    hold_for_payments,
    join,
)
from tests.web.stories import ask, put_in

pytestmark = pytest.mark.django_db
URL = "/changes/CR-1/"
LATER_FIELD = {"second_look": {"hours": 4}}
NOT_UNDERSTOOD = "This version of KeyConsole does not understand second_look in its rules."


def content_of(client: Client) -> str:
    response = client.get(URL)
    assert response.status_code == 200
    return response.content.decode()


def pinned(change: Change, **over: Any) -> Change:
    """With rules as another version pinned them. Read again, as whoever comes next does."""
    document = {**change.rules, **over}
    Change.objects.filter(pk=change.pk).update(rules={k: v for k, v in document.items() if v is not None})
    return Change.objects.select_related("key__account", "requester").get(pk=change.pk)


@pytest.fixture
def change(cast: Cast, inventory: Inventory) -> Change:
    """Needs one of platform (Ben) and one of security (Bea)."""
    hold_for_payments(cast)
    return ask(cast.ana, inventory.card_vault, at=timezone.now())


@pytest.fixture
def old(change: Change) -> Change:
    """From before schemas were written, when requirements and their people had other names."""
    needs = [{"group": "platform", "people": 1}, {"group": "security", "people": 1}]
    return pinned(change, schema=None, requirements=None, approvers=needs)


@pytest.fixture
def _renamed_since(monkeypatch: pytest.MonkeyPatch) -> None:
    names = {"approvers": "requirements", "approvers.people": "at_least"}
    monkeypatch.setitem(past_fields.STEPS, 0, Step(renamed=names))


@pytest.mark.usefixtures("_renamed_since")
def test_an_old_change_whose_field_was_renamed_opens_and_shows_it(old: Change, as_ben: Client) -> None:
    put_in(old, "done", closed_at=timezone.now())
    content = content_of(as_ben)
    assert "It needed 1 from platform and 1 from security." in content
    assert "does not understand" not in content


@pytest.mark.usefixtures("_renamed_since")
def test_a_waiting_one_goes_on_under_the_rules_it_was_asked_under(
    old: Change, cast: Cast, as_bea: Client
) -> None:
    now = timezone.now()
    assert "1 more of security: bea." in content_of(as_bea)
    assert list(needing(cast.bea)) == [old]
    assert agree(old, cast.ben, now=now).state == "pending"
    assert agree(old, cast.bea, now=now).state == "approved"
    assert gate(old, now=now).decision == RunDecision.RUN


def test_a_closed_change_with_a_field_of_a_later_version_opens_and_says_so(
    change: Change, cast: Cast, as_ben: Client
) -> None:
    put_in(pinned(change, **LATER_FIELD), "done", closed_at=timezone.now())
    content = content_of(as_ben)
    assert f"{NOT_UNDERSTOOD} What was decided by them stands in the record." in content
    assert "It needed 1 from platform and 1 from security." in content
    told = StringIO()
    call_command("change", "show", "CR-1", stdout=told)
    assert "not understood by this version: second_look" in told.getvalue()


@pytest.mark.parametrize("rules", [None, [], "rules", {}, {"name": 3, "rule": [], "windows": {"a": 1}}])
def test_whatever_is_pinned_the_page_of_a_closed_change_opens(
    change: Change, as_ben: Client, rules: object
) -> None:
    put_in(change, "done", closed_at=timezone.now())
    Change.objects.update(rules=Value(rules, JSONField()))
    assert "This version of KeyConsole does not understand" in content_of(as_ben)


def test_an_open_one_takes_no_approval_and_says_why(change: Change, cast: Cast, as_ben: Client) -> None:
    change = pinned(change, **LATER_FIELD)
    now = timezone.now()
    with pytest.raises(Refused, match="cannot be approved or run: cancel it and ask again"):
        agree(change, cast.ben, now=now)
    assert list(needing(cast.ben)) == []
    assert NOT_UNDERSTOOD in content_of(as_ben)
    check_everything_that_waits(now=now)
    assert Change.objects.get().state == "pending"


def test_votes_that_are_enough_by_what_can_be_read_approve_nothing(change: Change, cast: Cast) -> None:
    now = timezone.now()
    change = pinned(put_in(agree(change, cast.ben, cast.bea, now=now), "pending"), **LATER_FIELD)
    assert not quorum_of(change).met
    check_everything_that_waits(now=now)
    assert Change.objects.get().state == "pending"
    check_everything_that_waits(now=now + timedelta(hours=1))
    pinned(change, second_look=None)
    check_everything_that_waits(now=now + timedelta(hours=1))
    assert Change.objects.get().state == "approved", "a version that understands them goes on"


@pytest.mark.parametrize("document", [LATER_FIELD, {"schema": 99}, {"requirements": "by moonlight"}])
def test_an_approved_one_does_not_run_and_says_why(
    change: Change, cast: Cast, as_ana: Client, document: dict[str, Any]
) -> None:
    now = timezone.now()
    change = pinned(agree(change, cast.ben, cast.bea, now=now), **document)
    answer = gate(change, now=now)
    assert answer.decision == RunDecision.WAIT
    assert "It cannot be approved or run: cancel it and ask again." in answer.reasons[0]
    assert answer.reasons[0] in content_of(as_ana).replace("&#x27;", "'")
    with pytest.raises(Lost):
        claim(change, now=now)
    with pytest.raises(Refused, match="cannot be approved or run"):
        run(change, by=cast.ana, now=now)
    check_everything_that_waits(now=now)
    assert Change.objects.get().state == "approved"


def test_it_still_ends_by_a_no_by_its_requester_and_by_its_time(
    change: Change, cast: Cast, inventory: Inventory
) -> None:
    now = timezone.now()
    reject(pinned(change, **LATER_FIELD), by=cast.ben, reason="Ask again.", now=now)
    second = ask(cast.ana, inventory.card_vault, at=now)
    cancel(pinned(second, **LATER_FIELD), by=cast.ana, reason="", now=now)
    third = agree(ask(cast.ana, inventory.card_vault, at=now), cast.ben, cast.bea, now=now)
    pinned(third, **LATER_FIELD)
    check_everything_that_waits(now=now + timedelta(hours=24))
    assert list(Change.objects.order_by("number").values_list("state", flat=True)) == [
        "rejected",
        "cancelled",
        "expired",
    ]


def test_an_emergency_waits_too(cast: Cast, inventory: Inventory, as_ben: Client) -> None:
    hold_for_payments(cast, emergency_group="on-call")
    join("on-call", cast.ana)
    now = timezone.now()
    reason = "It has to leave us-east-1 within the hour."
    wish = MoveRequest(key=inventory.card_vault, to_region="eu-west-1", by=cast.ana, reason=reason, token="t")
    change = pinned(break_glass(wish, reauthenticated_at=now, now=now), **LATER_FIELD)
    assert gate(change, now=now).decision == RunDecision.WAIT
    with pytest.raises(Lost):
        claim(change, now=now)
    assert NOT_UNDERSTOOD in content_of(as_ben)
