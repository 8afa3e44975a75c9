"""The frame around every page."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from keyconsole.changes.requests.request import request_move
from keyconsole.notifications.models import Delivery
from keyconsole.policies.document.rules import Rule, Rules
from keyconsole.policies.quorum.requirements import Requirement
from keyconsole.worker import heartbeat
from keyconsole.worker.models import Worker
from tests.cast import NOW, Cast, Inventory, hold

pytestmark = pytest.mark.django_db


def rail(client: Client, path: str = "/") -> list[str]:
    return [entry.name for entry in client.get(path).context["rail"]()]


def test_the_rail_names_the_rooms_that_a_person_may_enter(as_ana: Client, as_cleo: Client) -> None:
    assert rail(as_ana) == ["Overview", "Keys", "Changes", "Accounts", "Policies", "Help"]
    assert rail(as_cleo) == ["Overview", "Keys", "Changes", "Audit", "Accounts", "Policies", "Help"]


def test_administrators_see_what_was_not_delivered(as_ada: Client, as_cleo: Client, cast: Cast) -> None:
    assert rail(as_ada)[-2:] == ["Notifications", "Help"]
    assert "Notifications" not in rail(as_cleo)
    for number in range(2):
        facts = {"topic": "change.needs-you", "subject": f"{number}", "body": "", "state": "dead"}
        Delivery.objects.create(person=cast.ben, due_at=NOW, created_at=NOW, **facts)
    content = as_ada.get("/keys/").content.decode()
    assert '<span class="badge">2<span class="visually-hidden"> not delivered</span></span>' in content
    assert "not delivered" not in as_cleo.get("/keys/").content.decode()


def test_the_room_that_one_is_in_is_marked(as_ana: Client, inventory: Inventory) -> None:
    entries = as_ana.get("/keys/").context["rail"]()
    assert [entry.name for entry in entries if entry.current] == ["Keys"]


def test_the_band_says_that_this_is_a_sandbox(as_ana: Client, settings: Settings) -> None:
    settings.KEYCONSOLE_DEMO = True
    assert "sandbox" in as_ana.get("/").content.decode().lower()
    settings.KEYCONSOLE_DEMO = False
    assert as_ana.get("/").context["is_sandbox"] is False


def test_the_number_counts_what_others_ask_for_and_not_ones_own(
    as_ana: Client, as_ben: Client, as_cleo: Client, inventory: Inventory, cast: Cast
) -> None:
    hold(Rules(name="alone", rule=Rule.APPROVE, requirements=(Requirement(),)))
    request_move(
        inventory.card_vault,
        to_region="eu-west-1",
        by=cast.ana,
        reason="Closer.",
        token="t" * 32,
        now=timezone.now(),
    )
    counts = [client.get("/").context["needs_me"]() for client in (as_ana, as_ben, as_cleo)]
    assert counts == [0, 1, 0]


def test_a_page_says_since_when_no_worker_was_seen(cast: Cast, as_ana: Client) -> None:
    assert "<strong>No worker.</strong>" in as_ana.get("/").content.decode()
    heartbeat.beat(now=timezone.now())
    assert "No worker" not in as_ana.get("/").content.decode()
    Worker.objects.update(seen_at=timezone.now() - timedelta(minutes=3))
    assert "<strong>No worker since <time" in as_ana.get("/").content.decode()


def test_who_is_not_signed_in_is_told_nothing_of_workers(db: None, anonymous: Client) -> None:
    assert "No worker" not in anonymous.get("/sign-in/").content.decode()
