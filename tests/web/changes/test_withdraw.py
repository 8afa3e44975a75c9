"""Taking one's approval back."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from keyconsole.changes.models import Change
from tests.cast import Cast, Inventory
from tests.changes.approvals.teams import agree, hold_for_payments
from tests.web.stories import ask

pytestmark = pytest.mark.django_db
PAGE, URL = "/changes/CR-1/", "/changes/CR-1/withdraw/"


@pytest.fixture
def change(cast: Cast, inventory: Inventory) -> Change:
    hold_for_payments(cast)
    return agree(ask(cast.ana, inventory.card_vault, at=timezone.now()), cast.ben, now=timezone.now())


def test_it_stays_in_sight_as_taken_back(change: Change, as_ben: Client) -> None:
    content = as_ben.post(URL, follow=True).content.decode()
    assert change.approvals.not_withdrawn().count() == 0
    assert "taken back" in content
    assert "Still may: ben" in content


def test_asking_first_shows_what_it_means(change: Change, as_ben: Client) -> None:
    content = as_ben.get(URL).content.decode()
    assert "It stays in the record as taken back." in content
    assert change.approvals.not_withdrawn().count() == 1


def test_who_gave_none_reads_that(change: Change, as_bea: Client) -> None:
    content = as_bea.post(URL).content.decode()
    assert "You have no approval of CR-1 to take back." in content
    assert change.approvals.not_withdrawn().count() == 1


def test_taken_back_twice_is_refused_the_second_time(change: Change, as_ben: Client) -> None:
    as_ben.post(URL)
    assert "You have no approval of CR-1 to take back." in as_ben.post(URL).content.decode()
