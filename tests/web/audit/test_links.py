"""Every thing that an entry names leads to its page, where it is there and this person may see it."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from keyconsole.audit.events import Event
from keyconsole.people.models import AccessReview
from tests.cast import CARD_VAULT, GENOME, NOW, Cast, Inventory
from tests.web.audit.test_audit import auditor_of_payments, note
from tests.web.stories import ask

pytestmark = [pytest.mark.django_db, pytest.mark.every_database]
PAYMENTS, RESEARCH = "111122223333", "222233334444"


def links(client: Client) -> set[str]:
    days = client.get("/audit/").context["days"]
    rows = [row for day in days for row in day.rows]
    named = [link for row in rows for link in (row.actor, row.subject, row.key, *row.links)]
    return {link.url for link in named if link}


@pytest.fixture
def told(cast: Cast, inventory: Inventory) -> None:
    ask(cast.ana, inventory.card_vault, at=timezone.now())
    AccessReview.objects.create(number=1, started_by="ada", started_at=NOW, due_at=NOW)
    note(Event.KEY_FIRST_SEEN, GENOME, RESEARCH)
    note(Event.SCAN_FINISHED, RESEARCH, RESEARCH, actor="keyconsole")
    note(Event.ACCESS_REVIEW_CONFIRMED, "ben", PAYMENTS, review="RV-1", actor="ada")
    note(Event.CHANGE_COMMENTED, "CR-77", PAYMENTS, comment="of a change that is not there", actor="nobody")


def test_each_thing_that_is_there_has_its_link(told: None, as_cleo: Client) -> None:
    assert links(as_cleo) == {
        "/changes/CR-1/",
        f"/keys/{PAYMENTS}/{CARD_VAULT}/",
        f"/keys/{RESEARCH}/{GENOME}/",
        "/policies/alone/",
        "/access-review/RV-1/",
        "/audit/?actor=ana",
        "/audit/?actor=ada",
        "/audit/?actor=ben",
        f"/accounts/{PAYMENTS}/",
        f"/accounts/{RESEARCH}/",
    }


def test_each_link_leads_somewhere(told: None, as_cleo: Client) -> None:
    for url in links(as_cleo):
        assert as_cleo.get(url).status_code == 200, url


def test_an_administrator_is_led_to_the_person(told: None, client_as: Any) -> None:
    assert {"/people/ana/", "/people/ben/"} <= links(client_as("ada"))


def test_what_lies_outside_of_ones_accounts_has_no_link(told: None, cast: Cast, as_cleo: Client) -> None:
    note(Event.BATCH_REQUESTED, "BR-1", PAYMENTS, changes=["CR-1", "CR-2"], other=GENOME)
    auditor_of_payments(cast)
    assert not any(RESEARCH in url or GENOME in url or "CR-2" in url for url in links(as_cleo))


def test_a_refusal_about_access_without_a_proposal_is_no_fault(cast: Cast, as_cleo: Client) -> None:
    note(Event.ACCESS_REVIEW_REMOVED, "ben", PAYMENTS, review="RV-9", what=None, line=[1, {"deep": "CR-1"}])
    assert as_cleo.get("/audit/").status_code == 200
