"""The order of a message: of whom something is asked and what, the link to decide, then what it is about."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pytest
from django.contrib.auth.models import User

from keyconsole.notifications.models import Delivery
from keyconsole.notifications.topics import Topic
from keyconsole.notifications.wording import as_json, as_text, as_title
from tests.cast import Cast, make_person
from tests.notifications.conftest import tell

pytestmark = pytest.mark.django_db
LINK = "https://keys.example.org/changes/CR-12/"
ASKING = [topic for topic in Topic if topic.asks]


@pytest.fixture(autouse=True)
def _address(settings) -> None:
    settings.KEYCONSOLE_URL = "https://keys.example.org"


def written(topic: Topic, people: Sequence[User]) -> Delivery:
    for each in people:
        User.objects.filter(pk=each.pk).update(email=f"{each.username}@example.org")
        each.refresh_from_db()
    tell(topic=topic, people=people)
    return Delivery.objects.filter(person=people[0]).get()


@pytest.mark.parametrize("topic", ASKING)
def test_what_is_asked_names_who_is_asked_in_its_subject_and_begins_with_the_link(cast: Cast, topic: Topic):
    delivery = written(topic, [cast.ben, cast.bea])
    assert as_title(delivery) == "[KeyConsole] For bea and ben: CR-12 is done"
    first, second, last = as_text(delivery).split("\n\n")
    assert first == f"Decide: {LINK}"
    assert second.startswith("The primary of card-vault")
    assert last.startswith("As of ")


def test_what_only_tells_names_nobody_and_begins_with_the_link_too(cast: Cast):
    delivery = written(Topic.CHANGE_ENDED, [cast.ben])
    assert as_title(delivery) == "[KeyConsole] CR-12 is done"
    assert as_text(delivery).splitlines()[0] == f"Open: {LINK}"


def test_a_subject_names_a_few_and_counts_the_rest(cast: Cast):
    delivery = written(Topic.CHANGE_NEEDS_YOU, [make_person(f"p{number}") for number in range(9)])
    assert as_title(delivery).startswith("[KeyConsole] For p0, p1, p2, p3, p4, p5 and 3 more: ")


def test_a_program_reads_everybody_who_is_asked(cast: Cast):
    content = json.loads(as_json(written(Topic.CHANGE_NEEDS_YOU, [cast.ben, cast.bea])))
    assert content["data"]["asked"] == ["bea", "ben"]
    assert content["link"] == LINK


def test_the_topics_that_ask_are_these():
    assert {topic.value for topic in ASKING} == {
        "change.needs_you", "emergency.needs_you", "review.due", "reminder", "policy.needs_you",
        "account.needs_you", "access.needs_you", "access_review.needs_you", "access_review.due",
    }  # fmt: skip
