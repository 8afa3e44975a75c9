"""The switch that freezes everything, on the policies page and in the band above every page."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone

from keyconsole.audit.models import Entry
from keyconsole.aws_accounts.roles import Role
from keyconsole.policies.schedule.freeze import NOT_YOURS, current
from keyconsole.policies.schedule.lifting import lift_at_the_terminal
from tests.cast import Cast, make_person
from tests.conftest import client_of
from tests.web.proposals import press

pytestmark = pytest.mark.django_db
FREEZE, LIFT, PAGE = "/freeze/", "/lift-freeze/", "/policies/"
TYPED = {"typed": "freeze everything"}
WHY = "us-east-1 has a bad day"


def text(client: Client, url: str = PAGE) -> str:
    return " ".join(client.get(url).content.decode().split())


def test_freezing_holds_everything_and_says_so_on_every_page(as_ada: Client, as_ana: Client) -> None:
    assert "Changes are frozen" not in text(as_ana, "/help/")
    content = as_ada.post(FREEZE, {"why": WHY} | TYPED, follow=True).content.decode()
    assert "Everything is frozen. No change runs until two people lift it." in content
    for url in ("/", "/keys/", "/help/", PAGE):
        assert f"by ada: {WHY}" in text(as_ana, url)
    for url in (PAGE, "/policies/alone/"):
        assert "as everything is" in text(as_ana, url)
        assert "Any time" not in text(as_ana, url)
    assert Entry.objects.get(event="freeze.set").actor == "ada"


@pytest.fixture
def as_eve(cast: Cast) -> Client:
    """A second administrator of every account."""
    return client_of(make_person("eve", Role.ADMINISTRATOR))


def test_one_proposes_to_lift_and_the_other_who_agrees_lifts_it(as_ada: Client, as_eve: Client) -> None:
    as_ada.post(FREEZE, {"why": WHY} | TYPED)
    proposed = as_ada.post(LIFT, {"why": "It is over"}, follow=True).content.decode()
    assert "AR-1 is proposed. Nothing is changed until another person agrees." in proposed
    assert current() is not None
    for client in (as_ada, as_eve):
        assert "proposes to lift it, and waits for another person to agree: It is over" in text(client)
    assert "/proposals/AR-1/agree/" not in text(as_ada, "/proposals/AR-1/")
    assert current() is not None
    said = press(as_eve, "/proposals/AR-1/", "/proposals/AR-1/agree/")
    assert "You agreed to AR-1. It is done." in said
    content = text(as_ada)
    assert "Changes are frozen" not in content
    assert "Earlier freezes" in content
    assert current() is None
    lifted = Entry.objects.get(event="freeze.lifted")
    assert (lifted.data["proposal"], lifted.data["agreed_by"]) == ("AR-1", "eve")
    assert lifted.data["lifted_because"] == "It is over"
    assert ": It is over</span>" in content


def test_a_proposal_to_lift_one_freeze_lifts_no_later_one(as_ada: Client, as_eve: Client, cast: Cast) -> None:
    as_ada.post(FREEZE, {"why": WHY} | TYPED)
    as_ada.post(LIFT, {"why": "It is over"})
    lift_at_the_terminal(by="ops", why="Nobody else is here", now=timezone.now())
    as_ada.post(FREEZE, {"why": "Another bad day"} | TYPED)
    said = press(as_eve, "/proposals/AR-1/", "/proposals/AR-1/agree/")
    assert "AR-1 cannot be done any more: That freeze is lifted already." in said
    assert current() is not None
    assert "Lift the freeze …" in text(as_ada)


def test_the_only_administrator_there_ever_was_lifts_it_alone(as_ada: Client) -> None:
    as_ada.post(FREEZE, {"why": WHY} | TYPED)
    content = as_ada.post(LIFT, {"why": "It is over"}, follow=True).content.decode()
    assert "there never was a second who could have agreed. It is done." in content
    assert current() is None


def test_a_second_freeze_and_a_second_lift_change_nothing(as_ada: Client) -> None:
    as_ada.post(FREEZE, {"why": WHY} | TYPED)
    assert (
        "Everything is frozen since"
        in as_ada.post(FREEZE, {"why": "Me too"} | TYPED, follow=True).content.decode()
    )
    as_ada.post(LIFT, {"why": "Over"})
    again = as_ada.post(LIFT, {"why": "Over"}, follow=True).content.decode()
    assert "There is no freeze of everything to lift." in again
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
    assert words in as_ada.post(FREEZE, {"why": why} | TYPED, follow=True).content.decode()
    assert current() is None


@pytest.mark.parametrize("name", ["ana", "ben", "cleo"])
def test_who_may_not_sees_no_button_and_the_reason_why(
    cast: Cast, client_as: Callable[[str], Client], name: str
) -> None:
    client = client_as(name)
    content = text(client)
    assert NOT_YOURS in content
    assert "Freeze everything …" not in content
    assert "<form" not in text(client, FREEZE).partition("<main")[2]
    assert NOT_YOURS in client.post(FREEZE, {"why": WHY} | TYPED, follow=True).content.decode()
    assert current() is None
    client_as("ada").post(FREEZE, {"why": WHY} | TYPED)
    assert NOT_YOURS in client.post(LIFT, {"why": "Over"}, follow=True).content.decode()
    assert current() is not None


@pytest.mark.parametrize("typed", ["", "freeze", "yes"])
def test_freezing_is_typed_and_not_clicked(as_ada: Client, typed: str) -> None:
    content = as_ada.post(FREEZE, {"why": WHY, "typed": typed}).content.decode()
    assert "Type “freeze everything” to confirm." in content
    assert f'value="{WHY}"' in content
    assert current() is None


def test_lifting_asks_for_its_reason_at_the_field(as_ada: Client) -> None:
    as_ada.post(FREEZE, {"why": WHY} | TYPED)
    assert "Say why it can be lifted" in as_ada.post(LIFT, {"why": " "}).content.decode()
    assert current() is not None


@pytest.mark.parametrize("url", [FREEZE, LIFT])
def test_it_takes_posts_only_from_people_with_a_role(
    as_ada: Client, as_dan: Client, anonymous: Client, url: str
) -> None:
    assert as_ada.put(url).status_code == 405
    assert as_dan.post(url, {"why": WHY} | TYPED).status_code == 403
    assert anonymous.post(url).headers["Location"].startswith("/sign-in/")


def test_what_people_wrote_is_escaped(as_ada: Client, anonymous: Client) -> None:
    as_ada.post(FREEZE, {"why": "<script>a</script>"} | TYPED)
    assert "<script>a" not in text(as_ada)
    assert "frozen" not in text(anonymous, "/sign-in/")
