"""The switch that freezes everything, on the policies page and in the band above every page."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from keyconsole.audit.models import Entry
from keyconsole.policies.schedule.freeze import NOT_YOURS, current
from tests.cast import Cast

pytestmark = pytest.mark.django_db
FREEZE, LIFT, PAGE = "/freeze/", "/lift-freeze/", "/policies/"
WHY = "us-east-1 has a bad day"


def text(client: Client, url: str = PAGE) -> str:
    return " ".join(client.get(url).content.decode().split())


def test_freezing_holds_everything_and_says_so_on_every_page(as_ada: Client, as_ana: Client) -> None:
    assert "Changes are frozen." not in text(as_ana, "/help/")
    content = as_ada.post(FREEZE, {"why": WHY}, follow=True).content.decode()
    assert "Everything is frozen. No change runs until somebody lifts it." in content
    for url in ("/", "/keys/", "/help/", PAGE):
        assert f"by ada: {WHY}" in text(as_ana, url)
    for url in (PAGE, "/policies/alone/"):
        assert "as everything is" in text(as_ana, url)
        assert "Any time" not in text(as_ana, url)
    assert Entry.objects.get(event="freeze.set").actor == "ada"


def test_lifting_ends_it_and_keeps_the_memory(as_ada: Client) -> None:
    as_ada.post(FREEZE, {"why": WHY})
    assert "The freeze is lifted." in as_ada.post(LIFT, follow=True).content.decode()
    content = text(as_ada)
    assert "Changes are frozen." not in content
    assert "Earlier freezes" in content
    assert current() is None


def test_a_second_freeze_and_a_second_lift_change_nothing(as_ada: Client) -> None:
    as_ada.post(FREEZE, {"why": WHY})
    assert (
        "Everything is frozen since" in as_ada.post(FREEZE, {"why": "Me too"}, follow=True).content.decode()
    )
    as_ada.post(LIFT)
    assert "There is no freeze of everything to lift." in as_ada.post(LIFT, follow=True).content.decode()
    assert Entry.objects.filter(event="freeze.set").count() == 1


@pytest.mark.parametrize(
    ("why", "words"),
    [
        ("", "Say why everything is frozen"),
        ("a\u202eb", "control characters"),
        ("x" * 2001, "at most 2,000"),
    ],
)
def test_a_reason_that_cannot_stand_is_told(as_ada: Client, why: str, words: str) -> None:
    assert words in as_ada.post(FREEZE, {"why": why}, follow=True).content.decode()
    assert current() is None


@pytest.mark.parametrize("name", ["ana", "ben", "cleo"])
def test_who_may_not_sees_the_same_words_on_the_grey_button(
    cast: Cast, client_as: Callable[[str], Client], name: str
) -> None:
    client = client_as(name)
    assert NOT_YOURS in text(client)
    assert NOT_YOURS in client.post(FREEZE, {"why": WHY}, follow=True).content.decode()
    assert current() is None
    client_as("ada").post(FREEZE, {"why": WHY})
    assert NOT_YOURS in client.post(LIFT, follow=True).content.decode()
    assert current() is not None


@pytest.mark.parametrize("url", [FREEZE, LIFT])
def test_it_takes_posts_only_from_people_with_a_role(
    as_ada: Client, as_dan: Client, anonymous: Client, url: str
) -> None:
    assert as_ada.get(url).status_code == 405
    assert as_dan.post(url, {"why": WHY}).status_code == 403
    assert anonymous.post(url).headers["Location"].startswith("/sign-in/")


def test_what_people_wrote_is_escaped(as_ada: Client, anonymous: Client) -> None:
    as_ada.post(FREEZE, {"why": "<script>a</script>"})
    assert "<script>a" not in text(as_ada)
    assert "frozen" not in text(anonymous, "/sign-in/")
