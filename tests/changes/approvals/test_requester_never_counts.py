"""Who asks for a change is nobody in its quorum, whatever groups hold them: no place, no name, no message."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from keyconsole.audit.models import Entry
from keyconsole.changes.models import Approval, Change
from keyconsole.changes.requests.break_glass import break_glass
from keyconsole.changes.requests.create import MoveRequest
from keyconsole.changes.requests.request import request_move
from keyconsole.notifications.models import Delivery
from tests.cast import NOW, Cast, Inventory
from tests.changes.approvals.teams import (
    agree,
    check_everything_that_waits,
    give,
    hold_for_payments,
    join,
    would_run,
)
from tests.changes.commands import manage

pytestmark = pytest.mark.django_db
WHY = "The on-call engineer cannot reach us-east-1 tonight."


@pytest.fixture
def everywhere(cast: Cast, settings) -> Cast:
    """Payments needs one of platform and one of security; Ana approves too, and is in every group."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    for person in (cast.ana, cast.ben, cast.bea):
        person.email = f"{person.username}@example.com"
        person.save()
    hold_for_payments(cast, emergency_group="on-call")
    give(cast.ana, "approver")
    for group in ("platform", "security", "on-call"):
        join(group, cast.ana)
    return cast


@pytest.fixture
def change(everywhere: Cast, inventory: Inventory) -> Change:
    return request_move(
        inventory.card_vault,
        to_region="eu-west-1",
        by=everywhere.ana,
        reason="Closer to its users.",
        token="r-1",
        now=NOW,
    )


@pytest.mark.parametrize("voters", [("ben",), ("bea",)])
def test_a_vote_of_hers_that_got_into_the_database_fills_no_place(change, everywhere, voters):
    """The row lies about who asked, or the database itself would refuse it."""
    Approval.objects.create(
        change=change,
        approver=everywhere.ana,
        requester=everywhere.dan,
        plan_sha256=change.plan_sha256,
        approved_at=NOW,
    )
    agree(change, *(getattr(everywhere, name) for name in voters))
    check_everything_that_waits(now=NOW)
    change.refresh_from_db()
    assert change.state == "pending"
    assert not would_run(change, now=NOW)


def test_nobody_is_told_to_wait_for_her(change, as_ben: Client):
    facts = json.loads(manage("change", "show", change.ref, "--json").out)
    assert [need["may_fill"] for need in facts["requirements"]] == [["ben"], ["bea"]]
    page = as_ben.get(f"/changes/{change.ref}/").content.decode()
    assert "1 more of platform: ben." in page
    assert "1 more of security: bea." in page


def test_she_is_not_asked_for_her_own_vote(everywhere, change):
    asked = Delivery.objects.filter(topic="change.needs_you").values_list("person__username", flat=True)
    assert sorted(asked) == ["bea", "ben"]
    assert change.ref not in manage("change", "list", "--needs", "ana").out
    assert change.ref in manage("change", "list", "--needs", "ben").out


def test_her_emergency_skips_the_others_and_not_herself(everywhere, inventory):
    wish = MoveRequest(
        key=inventory.card_vault, to_region="eu-west-1", by=everywhere.ana, reason=WHY, token="e-1"
    )
    break_glass(wish, reauthenticated_at=NOW, now=NOW)
    assert Entry.objects.get(event="emergency.used").data["skipped"] == ["bea", "ben"]
    told = Delivery.objects.filter(topic="emergency.used").values_list("person__username", flat=True)
    assert sorted(told) == ["bea", "ben"]
