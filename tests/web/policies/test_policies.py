"""The list of policies: what holds in words, what is proposed, what can no longer be met, what ended."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from django.test import Client

from keyconsole.people.groups import join, leave
from keyconsole.policies.document.rules import Rule, Rules, Selector, Span, Window
from keyconsole.policies.quorum.requirements import Requirement
from keyconsole.policies.versions.apply import apply_at_the_terminal
from keyconsole.web.policies.runs_now import runs_now
from tests.cast import NOW, Cast, Inventory, hold
from tests.web.proposals import PAYMENTS, proposed, queries_beside_the_frame, staffed

pytestmark = [pytest.mark.django_db, pytest.mark.every_database]
URL = "/policies/"


def text(client: Client) -> str:
    return " ".join(client.get(URL).content.decode().split())


def test_it_says_what_each_policy_applies_to_and_needs(cast: Cast, as_ana: Client) -> None:
    staffed(cast)
    hold(PAYMENTS)
    content = text(as_ana)
    for words in (
        "account 111122223333",
        "1 from platform and 1 from security",
        "Moving any other key needs 1 of the account&#x27;s approvers.",
        "2 in force",
    ):
        assert words in content


def test_without_any_policy_the_default_stands_alone(cast: Cast, as_ana: Client) -> None:
    apply_at_the_terminal(None, name="alone", by="root", why="Over", now=NOW)
    found = as_ana.get(URL)
    assert [row.version for row in found.context["rows"]] == [None]
    assert "1 of the account&#x27;s approvers" in found.content.decode()


def test_a_proposal_waits_and_needs_those_who_are_asked(
    cast: Cast, inventory: Inventory, client_as: Callable[[str], Client]
) -> None:
    staffed(cast)
    hold(PAYMENTS)
    proposed(cast, replace(PAYMENTS, reason_at_least=40))
    needed = {name: "Needs you" in text(client_as(name)) for name in ("ana", "ben", "bea", "ada")}
    assert needed == {"ana": False, "ben": True, "bea": True, "ada": False}
    assert "0 of 2" in text(client_as("ana"))


def test_a_policy_that_people_left_is_flagged(cast: Cast, inventory: Inventory, as_ana: Client) -> None:
    staffed(cast)
    hold(PAYMENTS)
    assert "can no longer be met" not in text(as_ana)
    leave(cast.bea, "security", by="ada", now=NOW)
    assert "can no longer be met" in text(as_ana)


def test_what_ended_is_still_found(cast: Cast, as_ana: Client) -> None:
    apply_at_the_terminal(None, name="alone", by="root", why="Over", now=NOW)
    assert [policy.name for policy in as_ana.get(URL).context["not_holding"]] == ["alone"]
    assert "Policies that do not hold (1)" in text(as_ana)
    assert as_ana.get("/policies/alone/").status_code == 200


@pytest.mark.parametrize(("name", "may"), [("ana", False), ("ben", True), ("cleo", False), ("ada", True)])
def test_a_grey_button_says_why(cast: Cast, client_as: Callable[[str], Client], name: str, may: bool) -> None:
    content = text(client_as(name))
    assert ("Only approvers and administrators may propose policies." in content) != may
    assert ('href="/policies/new/"' in content) == may


@pytest.mark.parametrize(
    ("over", "word", "opens"),
    [
        ({}, "Any time", None),
        ({"frozen": "Legal hold"}, "Frozen", None),
        ({"freezes": (Span(NOW, NOW + timedelta(days=1), "Year end"),)}, "Frozen", NOW + timedelta(days=1)),
        ({"windows": (Window(("mon",), "09:00", "17:00", "UTC"),)}, "Window open", None),
        (
            {"windows": (Window(("tue",), "09:00", "17:00", "UTC"),)},
            "Window closed",
            NOW + timedelta(hours=21),
        ),
        ({"windows": (Window(("tue",), "09:00", "17:00", "UTC", active=False),)}, "Any time", None),
    ],
)
def test_it_says_whether_changes_run_now(over: dict[str, object], word: str, opens: object) -> None:
    now = runs_now(replace(Rules(name="payments", rule=Rule.CONFIRM), **over), NOW)  # type: ignore[arg-type]
    assert (now.word, now.opens_at) == (word, opens)


def test_groups_say_who_is_in_them_and_who_asks_them(cast: Cast, as_ana: Client) -> None:
    staffed(cast)
    hold(replace(PAYMENTS, emergency_group="night"))
    join(cast.dan, "security", by="ada", now=NOW)
    content = " ".join(as_ana.get("/groups/").content.decode().split())
    for words in ("platform", "payments, research", "may approve nowhere", "Not there", "Nobody"):
        assert words in content
    # Ana sees payments and research: where else people may approve is not hers to know.
    hold(Rules(name="alone", rule=Rule.APPROVE, requirements=(Requirement("security"),)))
    assert "archive" not in as_ana.get("/groups/").content.decode()


@pytest.mark.parametrize("url", [URL, "/policies/alone/", "/policies/explain/", "/groups/"])
def test_it_takes_no_posts_and_lets_nobody_else_in(
    cast: Cast, as_ana: Client, as_dan: Client, anonymous: Client, url: str
) -> None:
    assert as_ana.post(url).status_code == 405
    assert as_dan.get(url).status_code == 403
    assert anonymous.get(url).headers["Location"].startswith("/sign-in/")


def test_what_people_wrote_is_escaped(cast: Cast, as_ana: Client) -> None:
    hold(Rules(name="alone", rule=Rule.CONFIRM, frozen="<script>a", applies_to=Selector(aliases=("<b>",))))
    for url in (URL, "/policies/alone/"):
        content = as_ana.get(url).content.decode()
        assert "<script>a" not in content
        assert "<b>" not in content


def test_the_number_of_queries_does_not_grow_with_the_policies(
    cast: Cast, inventory: Inventory, as_ben: Client
) -> None:
    staffed(cast)
    hold(PAYMENTS)
    with_one = queries_beside_the_frame(as_ben, URL)
    for number in range(5):
        hold(replace(PAYMENTS, name=f"another-{number}"))
    assert (with_one, queries_beside_the_frame(as_ben, URL)) == (18, 18)


def test_what_a_later_version_wrote_opens_everywhere_and_is_told(
    cast: Cast, inventory: Inventory, as_ben: Client
) -> None:
    staffed(cast)
    version = hold(PAYMENTS)
    version.document["second_look"] = True
    version.save()
    told = "This version of KeyConsole does not understand second_look in its rules."
    key = inventory.card_vault
    make_primary = f"/keys/{key.account.account_id}/{key.key_id}/make-primary/eu-west-1/"
    for url in (URL, "/policies/explain/?key=card-vault", make_primary):
        assert told in as_ben.get(url).content.decode(), url
    page = as_ben.get(f"{URL}payments/").content.decode()
    assert "Not understood by this version of KeyConsole" in page
    assert "second_look" in page
