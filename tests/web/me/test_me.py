"""One's own page: sessions, tokens, what one may do and why."""

from __future__ import annotations

import re

import pytest

from keyconsole.aws_accounts.grants import grant
from keyconsole.aws_accounts.roles import Role
from keyconsole.people.groups import join
from keyconsole.people.models import PersonalToken
from keyconsole.policies.document.rules import Rule, Rules
from keyconsole.policies.quorum.requirements import Requirement
from tests.cast import NOW, hold

pytestmark = pytest.mark.django_db


def said(response):
    return [str(each) for each in response.context["messages"]]


def test_it_says_what_one_may_do_where_and_because_of_what(as_ben, cast):
    grant(cast.ben, Role.VIEWER, None, by="sso", now=NOW, sso_group="staff")
    join(cast.ben, "security", by="ada", now=NOW)
    needs = (Requirement(group="security"),)
    hold(Rules(name="vaults", rule=Rule.APPROVE, requirements=needs))
    response = as_ben.get("/me/")
    places = {row.name or "all": dict(row.cells) for row in response.context["places"]}
    assert [source.role for source in places["payments"]["approve"]] == ["approver"]
    assert places["all"]["approve"] == ()
    page = " ".join(response.content.decode().split())
    assert "through the SSO group staff" in page
    assert '<a href="/policies/vaults/">vaults</a>' in page


def test_it_is_there_for_everybody_and_the_name_in_the_frame_leads_to_it(as_dan):
    page = as_dan.get("/me/").content.decode()
    assert "You have no role yet" in page
    assert 'class="person-name" href="/me/"' in page


def test_another_session_is_ended_and_the_current_one_is_not(cast, client_as, inventory):
    here, there = client_as("ana"), client_as("ana")
    sessions = here.get("/me/").context["sessions"]
    current = next(each for each in sessions if each.is_current)
    other = next(each for each in sessions if not each.is_current)
    page = here.post("/me/end-session/", {"session": current.number}, follow=True)
    assert said(page) == ["That is the session that you are in: signing out ends it."]
    here.post("/me/end-session/", {"session": other.number})
    assert (here.get("/keys/").status_code, there.get("/keys/").status_code) == (200, 302)
    client_as("ana")
    assert said(here.post("/me/end-other-sessions/", follow=True)) == ["1 other session ended."]
    assert said(here.post("/me/end-other-sessions/", follow=True)) == ["There was no other session."]


def test_nobody_ends_a_session_of_somebody_else_here(as_ana, as_ben, inventory):
    theirs = as_ben.get("/me/").context["sessions"][0].number
    as_ana.post("/me/end-session/", {"session": theirs})
    assert as_ben.get("/keys/").status_code == 200


def test_a_token_is_made_shown_once_and_ended(as_ana, cast):
    page = as_ana.post("/me/tokens/make/", {"name": "pipeline", "days": "30"}).content.decode()
    found = re.search(r'data-copy="(keyconsole_[^"]+)"', page)
    assert found
    secret = found[1]
    listed = as_ana.get("/me/").content.decode()
    assert "pipeline" in listed
    assert secret not in listed
    again = as_ana.post("/me/tokens/make/", {"name": "pipeline", "days": "30"}).content.decode()
    assert "has a token called pipeline already" in again
    assert said(as_ana.post("/me/tokens/end/", {"name": "pipeline"}, follow=True)) == [
        "The token pipeline is ended."
    ]
    assert PersonalToken.objects.get().ended_by == "ana"
    assert "no such token" in said(as_ana.post("/me/tokens/end/", {"name": "x"}, follow=True))[0]


@pytest.mark.parametrize(
    "form", [{"name": "", "days": "3"}, {"name": "x", "days": "0"}, {"name": "x", "days": "9999"}]
)
def test_a_token_that_cannot_be_is_told(as_ana, form):
    assert "error-summary" in as_ana.post("/me/tokens/make/", form).content.decode()
    assert not PersonalToken.objects.exists()


def test_a_token_of_somebody_else_is_not_ended(as_ana, as_ben):
    as_ben.post("/me/tokens/make/", {"name": "pipeline", "days": "30"})
    as_ana.post("/me/tokens/end/", {"name": "pipeline"})
    assert PersonalToken.objects.get().ended_at is None
