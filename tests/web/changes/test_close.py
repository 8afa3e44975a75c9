"""Closing an overdue change as unknown on its page: one person asks, another agrees."""

from __future__ import annotations

import pytest
from django.test import Client

from keyconsole.changes.models import Change, Closing
from tests.cast import Cast, Inventory
from tests.changes.actions.ready import overdue

pytestmark = pytest.mark.django_db
PAGE, CLOSE, AGREE = "/changes/CR-1/", "/changes/CR-1/close/", "/changes/CR-1/agree/"


@pytest.fixture
def change(cast: Cast, inventory: Inventory) -> Change:
    return overdue(cast, inventory)


def shown(client: Client, url: str = PAGE) -> str:
    return client.get(url).content.decode()


def test_an_administrator_asks_and_an_approver_agrees(change: Change, as_ada: Client, as_ben: Client) -> None:
    assert f'href="{CLOSE}"' in shown(as_ada)
    assert f'href="{CLOSE}"' not in shown(as_ben)
    assert "Only an administrator of payments may ask to close it as unknown." in shown(as_ben)
    as_ada.post(CLOSE, {"reason": "The account is suspended."})
    assert f'href="{AGREE}"' not in shown(as_ada)
    assert "Who asks to close a change does not agree to it" in shown(as_ada)
    assert "ada asked to close it as unknown" in shown(as_ben)
    assert f'href="{AGREE}"' in shown(as_ben)
    as_ben.post(AGREE)
    change.refresh_from_db()
    assert change.state == "unknown"


def test_the_closed_page_speaks_of_the_past_and_offers_nothing(
    change: Change, as_ada: Client, as_ben: Client
) -> None:
    as_ada.post(CLOSE, {"reason": "The account is suspended."})
    as_ben.post(AGREE)
    page = shown(as_ben)
    assert "Closed as unknown" in page
    assert "What came of the call was not known." in page
    assert "ben agreed" in page
    assert "goes on being watched" not in page
    assert "hx-trigger" not in page.split('id="change"')[1].split(">")[0]
    assert AGREE not in page


def test_sent_twice_it_counts_once(change: Change, as_ada: Client, as_ben: Client) -> None:
    for _click in range(2):
        assert as_ada.post(CLOSE, {"reason": "The account is suspended."}).status_code == 302
    for _click in range(2):
        assert as_ben.post(AGREE).status_code == 302
    assert Closing.objects.count() == 1


def test_without_a_reason_the_form_comes_back(change: Change, as_ada: Client) -> None:
    page = as_ada.post(CLOSE, {"reason": ""}).content.decode()
    assert "Say why nobody can tell what came of it" in page
    assert not Closing.objects.exists()


def test_one_that_ended_by_itself_says_that_nobody_had_agreed(change: Change, as_ada: Client) -> None:
    as_ada.post(CLOSE, {"reason": "The account is suspended."})
    Change.objects.filter(pk=change.pk).update(state="done", version=99)
    assert "Nobody had agreed when it ended by itself." in shown(as_ada)
