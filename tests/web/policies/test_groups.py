"""Groups of approvers on their page: joining takes two administrators, leaving one."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from keyconsole.audit.models import Entry
from keyconsole.aws_accounts.roles import Role
from keyconsole.people.groups import is_in_group, join
from keyconsole.people.models import AccessProposal
from tests.cast import NOW, Cast, hold, make_person
from tests.conftest import client_of
from tests.web.proposals import PAYMENTS, press

pytestmark = pytest.mark.django_db
JOIN, LEAVE, PAGE = "/groups/join/", "/groups/leave/", "/groups/"
DAN = {"person": "dan", "group": "security"}


@pytest.fixture
def as_eve(cast: Cast) -> Client:
    """A second administrator of every account."""
    return client_of(make_person("eve", Role.ADMINISTRATOR))


def sent(client: Client, step: str, **over: str) -> str:
    return client.post(JOIN, {**DAN, "step": step, **over}, follow=True).content.decode()


def test_joining_is_looked_at_proposed_and_done_when_another_agrees(
    as_ada: Client, as_eve: Client, cast: Cast
) -> None:
    hold(PAYMENTS)
    preview = sent(as_ada, "preview")
    assert "Put dan into the group security" in preview
    assert "Named by payments." in preview
    assert "One of these has to agree: eve." in preview
    assert not AccessProposal.objects.exists()
    assert "Fill this in." in sent(as_ada, "propose", why="")
    assert "AR-1 is proposed. Nothing is changed" in sent(as_ada, "propose", why="Dan joins the team.")
    assert not is_in_group(cast.dan, "security")
    page = "/proposals/AR-1/"
    assert "Groups of dan" in as_eve.get(page).content.decode()
    assert "It is done." in press(as_eve, page, f"{page}agree/")
    assert is_in_group(cast.dan, "security")
    joined = Entry.objects.get(event="group.joined")
    assert (joined.data["proposal"], joined.data["agreed_by"]) == ("AR-1", "eve")


def test_what_cannot_be_proposed_is_said_before(as_ada: Client, as_eve: Client, cast: Cast) -> None:
    join(cast.dan, "security", by="ops", now=NOW)
    assert "dan is in security already." in sent(as_ada, "preview")
    assert "Nobody gives anything to themselves." in sent(as_ada, "preview", person="ada")
    assert "Nobody else could agree to this" in sent(as_ada, "preview", person="eve")
    assert "There is no person with this username." in sent(as_ada, "preview", person="nobody")
    assert "A group&#x27;s name has 1 to 60" in sent(as_ada, "preview", group="a/b")
    assert "Nobody gives anything to themselves." in sent(as_ada, "propose", person="ada", why="x")
    assert not AccessProposal.objects.exists()


def test_the_only_administrator_is_told_that_it_is_done_at_once(as_ada: Client, cast: Cast) -> None:
    assert "it is done at once: there never was a second administrator" in sent(as_ada, "preview")
    assert "It is done." in sent(as_ada, "propose", why="The first group.")
    assert is_in_group(cast.dan, "security")


def test_leaving_is_asked_once_more_and_done_at_once(as_ada: Client, as_eve: Client, cast: Cast) -> None:
    join(cast.dan, "security", by="ops", now=NOW)
    assert f"{LEAVE}?person=dan&amp;group=security" in as_ada.get(PAGE).content.decode()
    assert "Take dan out of security" in as_ada.get(LEAVE, DAN).content.decode()
    assert "error-summary" in as_ada.post(LEAVE, DAN).content.decode()
    assert is_in_group(cast.dan, "security")
    said = as_ada.post(LEAVE, {**DAN, "why": "Moved on."}, follow=True).content.decode()
    assert "dan is no longer in the group security." in said
    assert not is_in_group(cast.dan, "security")
    assert Entry.objects.get(event="group.left").data["why"] == "Moved on."
    again = as_ada.post(LEAVE, {**DAN, "why": "Moved on."}, follow=True).content.decode()
    assert "dan does not have it any more." in again


def test_nobody_takes_themselves_out(as_ada: Client, as_eve: Client, cast: Cast) -> None:
    join(cast.ada, "security", by="ops", now=NOW)
    sent = {"person": "ada", "group": "security", "why": "Moved on."}
    assert (
        "Nobody changes what they may do themselves" in as_ada.post(LEAVE, sent, follow=True).content.decode()
    )
    assert is_in_group(cast.ada, "security")


def test_what_single_sign_on_says_is_not_taken_away_by_hand(as_ada: Client, cast: Cast) -> None:
    join(cast.dan, "security", by="sso", now=NOW, sso_group="sec")
    content = as_ada.get(PAGE).content.decode()
    assert ", by single sign-on" in content
    assert "take out" not in content
    said = as_ada.post(LEAVE, {**DAN, "why": "Moved on."}, follow=True).content.decode()
    assert "take it away there" in said
    assert is_in_group(cast.dan, "security")


@pytest.mark.parametrize("name", ["ana", "ben", "cleo", "dan"])
def test_only_administrators_of_every_account_change_groups(
    cast: Cast, client_as: Callable[[str], Client], name: str
) -> None:
    client = client_as(name)
    join(cast.dan, "security", by="ops", now=NOW)
    for url in (JOIN, LEAVE):
        assert client.get(url, DAN).status_code == 403
        assert client.post(url, {**DAN, "step": "propose", "why": "x"}).status_code == 403
    assert is_in_group(cast.dan, "security")


def test_an_administrator_of_one_account_changes_no_group(cast: Cast) -> None:
    finn = client_of(make_person("finn", Role.ADMINISTRATOR, accounts=(cast.payments,)))
    assert finn.post(JOIN, {**DAN, "step": "propose", "why": "x"}).status_code == 403
