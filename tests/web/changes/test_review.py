"""Judging an emergency afterwards."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from keyconsole.audit.models import Entry
from keyconsole.changes.models import Change, Review
from keyconsole.changes.requests.break_glass import break_glass
from keyconsole.changes.requests.create import MoveRequest
from tests.cast import Cast, Inventory
from tests.changes.approvals.teams import hold_for_payments, join

pytestmark = pytest.mark.django_db
PAGE, URL = "/changes/CR-1/", "/changes/CR-1/review/"
GIVEN = {"was_right": "right", "comment": "The incident <asked> for it."}


@pytest.fixture
def change(cast: Cast, inventory: Inventory) -> Change:
    hold_for_payments(cast, emergency_group="on-call")
    join("on-call", cast.ana)
    now = timezone.now()
    wish = MoveRequest(
        key=inventory.card_vault,
        to_region="eu-west-1",
        by=cast.ana,
        reason="It has to leave us-east-1 within the hour.",
        token="t",
    )
    return break_glass(wish, reauthenticated_at=now, now=now)


@pytest.mark.parametrize(("judged", "words"), [("right", "It was right"), ("wrong", "It was not right")])
def test_another_person_judges_it_and_the_page_keeps_it(
    change: Change, as_ben: Client, judged: str, words: str
) -> None:
    content = as_ben.post(URL, {**GIVEN, "was_right": judged}, follow=True).content.decode()
    assert words in content
    assert "The incident &lt;asked&gt; for it." in content
    assert Review.objects.get().was_right is (judged == "right")


def test_who_used_it_reads_why_they_cannot(change: Change, as_ana: Client) -> None:
    assert "Who used the emergency path does not review it." in as_ana.get(PAGE).content.decode()
    as_ana.post(URL, GIVEN)
    assert Review.objects.get().reviewed_at is None


def test_it_is_due_and_then_overdue(change: Change, as_ben: Client) -> None:
    content = as_ben.get(PAGE).content.decode()
    assert "Due <time" in content
    assert 'action="/changes/CR-1/review/"' in content
    Review.objects.update(due_at=timezone.now() - timedelta(hours=1))
    assert "Overdue since" in as_ben.get(PAGE).content.decode()


def test_it_may_be_given_long_after_the_change_ended(change: Change, as_bea: Client) -> None:
    Change.objects.update(state="done", closed_at=timezone.now())
    as_bea.post(URL, GIVEN)
    given = Review.objects.select_related("reviewer").get()
    assert given.reviewer is not None
    assert given.reviewer.username == "bea"


def test_sent_twice_it_is_given_once(change: Change, as_ben: Client) -> None:
    as_ben.post(URL, GIVEN)
    assert as_ben.post(URL, GIVEN).headers["Location"] == PAGE
    assert Entry.objects.filter(event="emergency.reviewed").count() == 1


def test_a_second_review_is_refused(change: Change, as_ben: Client, as_bea: Client) -> None:
    as_ben.post(URL, GIVEN)
    content = as_bea.post(URL, {"was_right": "wrong", "comment": "I disagree."}).content.decode()
    assert "CR-1 has no review to give." in content
    assert "I disagree." in content
    assert Review.objects.get().was_right is True


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"was_right": ""}, "Say whether it was right."),
        ({"was_right": "maybe"}, "Choose one of the list."),
        ({"comment": ""}, "Say what you found: the review stays in the record."),
        ({"comment": "x" * 2001}, "The comment has 2,001 characters; at most 2,000 are kept."),
    ],
)
def test_half_a_review_is_none(change: Change, as_ben: Client, typed: dict[str, str], words: str) -> None:
    assert words in as_ben.post(URL, {**GIVEN, **typed}).content.decode()
    assert Review.objects.get().reviewed_at is None
