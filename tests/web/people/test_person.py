"""One person's page and what administrators do there."""

from __future__ import annotations

import pytest
from django.utils import timezone

from keyconsole.audit.models import Entry
from keyconsole.aws_accounts.models import RoleGrant
from keyconsole.aws_accounts.permissions import can
from keyconsole.aws_accounts.roles import Permission, Role
from keyconsole.people.groups import join
from keyconsole.people.models import AccessProposal
from tests.cast import NOW, make_person
from tests.conftest import client_of

pytestmark = [pytest.mark.django_db, pytest.mark.every_database]
WHY = "Joins the team."


@pytest.fixture
def eve(cast):
    return make_person("eve", Role.ADMINISTRATOR)


def said(response):
    return [str(each) for each in response.context["messages"]]


def give(client, step, **over):
    form = {"role": "approver", "account": "111122223333", "until": "", "why": WHY, "step": step, **over}
    return client.post("/people/dan/give-role/", form, follow=True)


def test_the_page_shows_what_they_hold_and_what_happened(as_ada, cast):
    join(cast.ben, "security", by="ada", now=NOW)
    client_of(cast.ben)
    page = as_ada.get("/people/ben/").content.decode()
    for words in ("approver", "payments", "security", "1 live session", "Joined the group security"):
        assert words in page
    assert as_ada.get("/people/nobody/").status_code == 404
    assert as_ada.get("/people/%00/").status_code == 404


def test_ones_own_page_offers_nothing_to_oneself(as_ada):
    page = as_ada.get("/people/ada/").content.decode()
    assert "Your own page" in page
    assert "Give a role" not in page
    assert "Disable ada" not in page


def test_a_role_is_previewed_before_anything_is_sent(as_ada, cast, eve):
    page = give(as_ada, "preview", until="2030-01-31")
    sentence = "dan may then approve moves in payments until 2030-01-31 23:59 UTC."
    assert sentence in page.content.decode()
    assert "Another administrator has to agree first: eve." in page.content.decode()
    assert not AccessProposal.objects.exists()
    assert "approve moves" not in give(as_ada, "edit").content.decode()


def test_a_role_that_decides_waits_and_says_so(as_ada, cast, eve):
    page = give(as_ada, "send", until="2030-01-31")
    assert said(page) == ['<a href="/proposals/AR-1/">AR-1</a> waits for another administrator.']
    assert page.content.decode().count('<a href="/proposals/AR-1/">AR-1</a> waits for another') == 2
    assert not can(cast.dan, Permission.APPROVE, cast.payments)
    again = give(as_ada, "send", until="2030-01-31").content.decode()
    assert "AR-1 proposes the same already" in again


def test_a_role_that_does_not_decide_holds_at_once(as_ada, cast, eve):
    page = give(as_ada, "send", role="viewer", account="all")
    assert said(page) == ["dan is viewer in all accounts."]
    assert can(cast.dan, Permission.VIEW)


@pytest.mark.parametrize(
    "over",
    [{"role": "king"}, {"account": "999999999999"}, {"why": " "}, {"until": "soon"}, {"until": "2001-01-01"}],
)
def test_what_cannot_stand_is_told_and_kept(as_ada, cast, eve, over):
    page = give(as_ada, "send", **({"role": "viewer"} | over))
    assert "error-summary" in page.content.decode()
    assert not RoleGrant.objects.filter(person=cast.dan).exists()


def test_groups_are_joined_and_left_on_the_page_of_groups(as_ada, cast, eve):
    join(cast.dan, "security", by="ada", now=NOW)
    page = as_ada.get("/people/dan/").content.decode()
    assert 'href="/groups/join/?person=dan"' in page
    assert 'href="/groups/leave/?person=dan&amp;group=security"' in page
    assert 'value="dan"' in as_ada.get("/groups/join/?person=dan").content.decode()
    assert (
        "Take dan out of security" in as_ada.get("/groups/leave/?person=dan&group=security").content.decode()
    )


def test_a_role_is_taken_away_after_a_look_and_a_reason(as_ada, cast):
    address = "/people/ben/take-role/?role=approver&account=111122223333"
    assert "approver in payments" in as_ada.get(address).content.decode()
    form = {"role": "approver", "account": "111122223333"}
    assert "error-summary" in as_ada.post("/people/ben/take-role/", form).content.decode()
    page = as_ada.post("/people/ben/take-role/", form | {"why": "Moved on."}, follow=True)
    assert said(page) == ["ben is no longer approver in payments (111122223333)."]
    assert as_ada.get("/people/ben/take-role/?role=king&account=all").status_code == 404
    assert as_ada.get("/people/ben/take-role/?role=approver&account=9").status_code == 404


def test_sessions_end_one_by_one_and_together(as_ada, cast, client_as, inventory):
    first, second = client_as("ben"), client_as("ben")
    [one, _] = as_ada.get("/people/ben/").context["sessions"]
    page = as_ada.post("/people/ben/end-session/", {"session": one.number}, follow=True)
    assert said(page) == ["One session of ben has ended."]
    for number in (one.number, "x", "9" * 30):
        page = as_ada.post("/people/ben/end-session/", {"session": number}, follow=True)
        assert said(page) == ["That session had ended already."]
    as_ada.post("/people/ben/end-sessions/")
    assert {first.get("/keys/").status_code, second.get("/keys/").status_code} == {302}


def test_disabled_and_enabled_again_by_two(as_ada, cast, eve):
    assert "Disable ben" in as_ada.get("/people/ben/disable/").content.decode()
    page = as_ada.post("/people/ben/disable/", {"why": "Left."}, follow=True)
    assert said(page) == ["ben is disabled."]
    assert "none of this gives anything" in page.content.decode()
    assert "approver in payments" in as_ada.get("/people/ben/enable/").content.decode()
    page = as_ada.post("/people/ben/enable/", {"why": "Back."}, follow=True)
    assert "AR-1</a> waits for another administrator" in said(page)[0]


def test_an_accounts_administrator_may_give_and_take_there_and_nothing_else(cast):
    finn = make_person("finn", Role.ADMINISTRATOR, accounts=(cast.payments,))
    client = client_of(finn)
    assert client.get("/people/ben/give-role/").status_code == 200
    for verb in ("disable", "enable", "reset"):
        assert client.get(f"/people/ben/{verb}/").status_code == 403, verb
    for verb in ("end-session", "end-sessions", "invite-again", "withdraw-invitation", "withdraw-reset"):
        assert client.post(f"/people/ben/{verb}/").status_code == 403, verb
    assert client.get("/invite/").status_code == 403
    wide = {"role": "viewer", "account": "all", "why": WHY, "step": "send"}
    assert "error-summary" in client.post("/people/ben/give-role/", wide).content.decode()
    assert client.get("/people/ben/take-role/?role=approver&account=222233334444").status_code == 404


def test_the_page_takes_a_fixed_number_of_queries(as_ada, cast, django_assert_num_queries):
    for number in range(20):
        join(cast.ben, f"group {number}", by="ada", now=timezone.now())
    as_ada.get("/people/ben/")
    with django_assert_num_queries(23):
        as_ada.get("/people/ben/")


@pytest.mark.parametrize(
    ("address", "form", "says"),
    [
        ("/people/ben/disable/", {}, "ben is disabled already."),
        (
            "/people/ben/take-role/",
            {"role": "approver", "account": "111122223333"},
            "ben does not have it any more.",
        ),
    ],
)
def test_what_was_done_in_another_tab_is_told_in_this_one(as_ada, cast, address, form, says):
    first, second = (as_ada.post(address, form | {"why": "Left."}, follow=True) for _ in range(2))
    assert says not in first.content.decode()
    assert says in second.content.decode()
    assert Entry.objects.filter(event__in=["person.disabled", "role.revoked"]).count() == 1
