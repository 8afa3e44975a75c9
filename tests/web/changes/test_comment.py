"""Words about a change, which reset nothing."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from keyconsole.changes.models import Change
from tests.cast import Cast, Inventory
from tests.changes.approvals.teams import agree, hold_for_payments
from tests.conftest import HTMX
from tests.web.stories import ask

pytestmark = pytest.mark.django_db
PAGE, URL = "/changes/CR-1/", "/changes/CR-1/comment/"


@pytest.fixture
def change(cast: Cast, inventory: Inventory) -> Change:
    hold_for_payments(cast)
    return agree(ask(cast.ana, inventory.card_vault, at=timezone.now()), cast.ben, now=timezone.now())


def test_it_stands_on_the_page_as_text_and_keeps_the_approvals(change: Change, as_cleo: Client) -> None:
    content = as_cleo.post(URL, {"text": "Why <now>?\nTell me."}, follow=True).content.decode()
    assert "<strong>cleo</strong>" in content
    assert "Why &lt;now&gt;?<br>Tell me." in content
    assert change.approvals.not_withdrawn().count() == 1


def test_who_waits_on_the_page_sees_it_with_the_next_poll(
    change: Change, as_ana: Client, as_ben: Client
) -> None:
    change.refresh_from_db()
    assert as_ana.get(PAGE, {"seen": change.version}, headers=HTMX).status_code == 204
    as_ben.post(URL, {"text": "Done in research first."})
    polled = as_ana.get(PAGE, {"seen": change.version}, headers=HTMX)
    assert "Done in research first." in polled.content.decode()


def test_sent_twice_it_stands_once(change: Change, as_ana: Client) -> None:
    for _ in range(2):
        assert as_ana.post(URL, {"text": "Monday, then."}).headers["Location"] == PAGE
    assert change.comments.count() == 1


def test_closed_changes_can_still_be_talked_about(change: Change, as_ana: Client) -> None:
    Change.objects.update(state="expired", closed_at=timezone.now())
    as_ana.post(URL, {"text": "I will ask again on Monday."})
    assert change.comments.get().text == "I will ask again on Monday."


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "Write something first."),
        (" \n ", "Write something first."),
        ("x" * 5000, "The comment has 5,000 characters; at most 2,000 are kept."),
        ("a\x1b[2Jb", "The comment holds control characters."),
    ],
)
def test_words_that_cannot_stand_are_told(change: Change, as_ana: Client, text: str, words: str) -> None:
    assert words in as_ana.post(URL, {"text": text}).content.decode()
    assert not change.comments.exists()
