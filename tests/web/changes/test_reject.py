"""One reasoned no."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from keyconsole.changes.models import Change, Rejection
from tests.cast import Cast, Inventory
from tests.changes.approvals.teams import agree, hold_for_payments
from tests.web.stories import ask

pytestmark = pytest.mark.django_db
PAGE, URL = "/changes/CR-1/", "/changes/CR-1/reject/"


@pytest.fixture
def change(cast: Cast, inventory: Inventory) -> Change:
    hold_for_payments(cast)
    return ask(cast.ana, inventory.card_vault, at=timezone.now())


def test_one_no_ends_it_and_its_reason_stands_on_the_page(change: Change, cast: Cast, as_bea: Client) -> None:
    agree(change, cast.ben, now=timezone.now())
    content = as_bea.post(URL, {"reason": "Not in the <last> week."}, follow=True).content.decode()
    change.refresh_from_db()
    assert change.state == "rejected"
    assert "Rejected by bea" in content
    assert "Not in the &lt;last&gt; week." in content


@pytest.mark.parametrize("reason", ["", "  \n", "x" * 2001, "a\x00b", "\u202egnirts"])
def test_a_reason_that_cannot_stand_is_told_and_nothing_happens(
    change: Change, as_ben: Client, reason: str
) -> None:
    response = as_ben.post(URL, {"reason": reason})
    assert response.status_code == 200
    assert "error-summary" in response.content.decode()
    change.refresh_from_db()
    assert change.state == "pending"


def test_sent_twice_it_ends_once_and_is_no_refusal(change: Change, as_bea: Client) -> None:
    as_bea.post(URL, {"reason": "No."})
    again = as_bea.post(URL, {"reason": "No."}, follow=True)
    assert again.redirect_chain == [(PAGE, 302)]
    assert "Sent twice, it counts once." in again.content.decode()
    assert Rejection.objects.count() == 1


def test_a_no_after_the_end_is_refused_and_keeps_what_was_typed(change: Change, as_ben: Client) -> None:
    Change.objects.update(state="cancelled", closed_at=timezone.now())
    content = as_ben.post(URL, {"reason": "Too late?"}).content.decode()
    assert "CR-1 is cancelled: it takes no votes." in content
    assert "Too late?" in content
