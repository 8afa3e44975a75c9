"""Saying that an approved change shall run, and reading what holds it back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from keyconsole.audit.models import Entry
from keyconsole.changes.models import Change
from keyconsole.policies.document.rules import Runs, Window
from tests.cast import Cast, Inventory
from tests.changes.approvals.teams import agree, hold_for_payments
from tests.web.stories import ask

pytestmark = pytest.mark.django_db
PAGE, URL = "/changes/CR-1/", "/changes/CR-1/run/"


def approved(cast: Cast, inventory: Inventory, **rules: object) -> Change:
    hold_for_payments(cast, **rules)
    change = ask(cast.ana, inventory.card_vault, at=timezone.now())
    return agree(change, cast.ben, cast.bea, now=timezone.now())


@pytest.fixture
def by_hand(cast: Cast, inventory: Inventory) -> Change:
    return approved(cast, inventory, runs=Runs.BY_HAND)


def test_it_waits_for_a_person_and_says_so(by_hand: Change, as_ana: Client) -> None:
    content = as_ana.get(PAGE).content.decode()
    assert "Approved, and held back for now" in content
    assert "It waits for somebody to run it." in content
    assert 'hx-trigger="every 5s"' in content


@pytest.mark.parametrize("who", ["ana", "ben"])
def test_the_requester_or_an_approver_runs_it_now(by_hand: Change, client_as: object, who: str) -> None:
    client = client_as(who)  # type: ignore[operator]
    assert client.post(URL, {"run_at": ""}).headers["Location"] == PAGE
    by_hand.refresh_from_db()
    assert by_hand.run_at is not None
    assert 'hx-trigger="every 2s"' in client.get(PAGE).content.decode()


def test_a_later_time_is_utc_and_stands_on_the_page(by_hand: Change, as_ana: Client) -> None:
    at = (timezone.now() + timedelta(hours=3)).replace(second=0, microsecond=0)
    as_ana.post(URL, {"run_at": at.strftime("%Y-%m-%dT%H:%M")})
    by_hand.refresh_from_db()
    assert by_hand.run_at == at
    assert f"It will run at {at:%Y-%m-%d %H:%M} UTC." in as_ana.get(PAGE).content.decode()


def test_sent_twice_it_is_no_refusal(by_hand: Change, as_ana: Client) -> None:
    as_ana.post(URL, {"run_at": ""})
    assert as_ana.post(URL, {"run_at": ""}).headers["Location"] == PAGE
    assert Entry.objects.filter(event="change.run_asked").count() == 1


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("2020-01-01T00:00", "That time has passed."),
        ("2099-01-01T00:00", "Its approval may be used until"),
        ("tomorrow", "Write it as 2026-11-23 20:30. It is UTC."),
        ("2026-13-45T99:99", "Write it as 2026-11-23 20:30. It is UTC."),
    ],
)
def test_times_that_cannot_be_are_told(by_hand: Change, as_ana: Client, typed: str, words: str) -> None:
    content = as_ana.post(URL, {"run_at": typed}).content.decode()
    assert words in content
    assert typed in content
    by_hand.refresh_from_db()
    assert by_hand.run_at is None


def test_an_auditor_reads_why_not(by_hand: Change, as_cleo: Client) -> None:
    assert (
        "Only who asked for a change, or one of its approvers, may run it."
        in as_cleo.get(PAGE).content.decode()
    )


def test_a_closed_window_is_told_with_its_opening(cast: Cast, inventory: Inventory, as_ana: Client) -> None:
    day = (timezone.now() + timedelta(days=3)).strftime("%a").lower()
    approved(cast, inventory, windows=(Window((day,), "01:00", "02:00", "UTC"),))
    content = as_ana.get(PAGE).content.decode()
    assert "No change window of the policy payments is open." in content
    assert "The next one opens" in content
    assert "Its approval ends before that: it will have to be asked for again." in content


def test_a_frozen_policy_holds_it_back_with_its_reason(
    cast: Cast, inventory: Inventory, as_ana: Client
) -> None:
    approved(cast, inventory, frozen="Audit week.")
    assert "The policy payments is frozen: Audit week." in as_ana.get(PAGE).content.decode()
