"""The pages on which groups of single sign-on are mapped: first who gains or loses what, then two people."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from keyconsole.aws_accounts.permissions import can
from keyconsole.aws_accounts.roles import Permission, Role
from keyconsole.people.dual_control.propose import agree
from keyconsole.people.models import AccessProposal, SsoMapping
from keyconsole.people.sso.mapping import add_mapping, wanted
from tests.cast import NOW, Cast, make_person
from tests.conftest import client_of
from tests.sso.people import identify

pytestmark = [pytest.mark.django_db, pytest.mark.every_database]
FORM = {
    "sso_group": "kms-approvers",
    "gives": "role",
    "role": "approver",
    "account": "111122223333",
    "group": "",
}


@pytest.fixture(autouse=True)
def _eve(cast: Cast) -> None:
    """A second administrator of every account."""
    make_person("eve", Role.ADMINISTRATOR)


def eve() -> Any:
    from django.contrib.auth.models import User

    return User.objects.get(username="eve")


@pytest.mark.parametrize("path", ["/single-sign-on/", "/single-sign-on/add/", "/single-sign-on/1/remove/"])
def test_only_administrators_of_every_account_open_it(
    as_ana: Client, as_ada: Client, anonymous: Client, path: str
) -> None:
    assert anonymous.get(path).status_code == 302
    assert as_ana.get(path).status_code == 403
    assert as_ada.get(path).status_code in {200, 404}


def test_an_empty_list_says_what_that_means(as_ada: Client) -> None:
    page = as_ada.get("/single-sign-on/").content.decode()
    assert "No group gives anything" in page
    assert "not set up" in page


def test_the_list_tells_groups_people_and_what_they_give(as_ada: Client, cast: Cast) -> None:
    identify(cast.dan, "kms-approvers", "staff")
    add_mapping(wanted("kms-approvers", group="security"), by="ada and eve", now=NOW)
    page = as_ada.get("/single-sign-on/").content.decode()
    assert "the group of approvers security" in page
    assert "?sso_group=staff" in page
    assert "?sso_group=kms-approvers" not in page


def test_a_preview_comes_first_and_stores_nothing(as_ada: Client, cast: Cast) -> None:
    identify(cast.dan, "kms-approvers")
    identify(cast.ben, "kms-approvers")
    page = as_ada.post("/single-sign-on/add/", FORM).content.decode()
    assert "1 person would gain it" in page
    assert "dan" in page
    assert "1 more has the same already" in page
    assert "One of eve" in page
    assert not AccessProposal.objects.exists()
    assert not SsoMapping.objects.exists()


def test_it_is_proposed_by_one_and_holds_when_another_agrees(as_ada: Client, cast: Cast) -> None:
    identify(cast.dan, "kms-approvers")
    sent = {**FORM, "step": "propose", "why": "The team of Dan approves."}
    assert as_ada.post("/single-sign-on/add/", sent).headers["Location"] == "/single-sign-on/"
    proposal = AccessProposal.objects.get()
    assert proposal.says == (
        "let the group kms-approvers of single sign-on give the role approver in payments (111122223333)"
    )
    assert not SsoMapping.objects.exists()
    assert f"/proposals/{proposal.ref}/" in as_ada.get("/single-sign-on/").content.decode()
    page = client_of(eve()).get(f"/proposals/{proposal.ref}/").content.decode()
    assert "kms-approvers" in page, page
    agree(proposal, by=eve(), sha256=proposal.sha256, now=proposal.proposed_at)
    assert can(cast.dan, Permission.APPROVE, cast.payments)
    assert SsoMapping.objects.get().added_by == "ada and eve"


def test_who_would_gain_by_it_neither_proposes_nor_agrees(as_ada: Client, cast: Cast) -> None:
    identify(cast.ada, "kms-approvers")
    page = as_ada.post("/single-sign-on/add/", {**FORM, "step": "propose", "why": "For me."}).content.decode()
    assert "Nobody gives anything to themselves" in page
    assert not AccessProposal.objects.exists()
    identify(eve(), "kms-approvers")
    cast.ada.sso_identity.delete()
    page = as_ada.post(
        "/single-sign-on/add/", {**FORM, "step": "propose", "why": "For Eve."}
    ).content.decode()
    assert "Nobody else could agree" in page


def test_who_has_the_same_already_gains_nothing_by_it(as_ada: Client, cast: Cast) -> None:
    """Or nobody could ever move administrators from grants by hand to a group."""
    identify(cast.ada, "admins")
    identify(eve(), "admins")
    sent = {
        **FORM,
        "sso_group": "admins",
        "role": "administrator",
        "account": "",
        "step": "propose",
        "why": "It.",
    }
    assert as_ada.post("/single-sign-on/add/", sent).status_code == 302
    assert AccessProposal.objects.get().says.endswith("the role administrator in all accounts")


@pytest.mark.parametrize(
    "over",
    [{"sso_group": ""}, {"role": ""}, {"gives": "group", "group": ""}, {"account": "999"}, {"role": "king"}],
)
def test_what_cannot_be_mapped_is_said_beside_its_field(as_ada: Client, over: dict[str, str]) -> None:
    response = as_ada.post("/single-sign-on/add/", {**FORM, **over})
    assert response.status_code == 200
    assert response.context["form"].errors


def test_removing_shows_who_loses_and_needs_one_person(as_ada: Client, cast: Cast) -> None:
    identify(cast.dan, "kms-approvers")
    identify(cast.ben, "kms-approvers")
    add_mapping(wanted("kms-approvers", role="approver", account=cast.payments), by="x", now=NOW)
    path = f"/single-sign-on/{SsoMapping.objects.get().pk}/remove/"
    page = as_ada.get(path).content.decode()
    assert "1 person would lose it" in page
    assert "1 keeps the same in another way" in page
    assert can(cast.dan, Permission.APPROVE, cast.payments)
    assert as_ada.post(path).status_code == 302
    assert not can(cast.dan, Permission.APPROVE, cast.payments)
    assert can(cast.ben, Permission.APPROVE, cast.payments)
    assert as_ada.post(path).status_code == 404


def test_ten_thousand_names_do_not_stand_on_a_page(as_ada: Client, cast: Cast) -> None:
    for number in range(60):
        identify(make_person(f"p{number:02}"), "kms-approvers")
    page = as_ada.post("/single-sign-on/add/", FORM).content.decode()
    assert "60 people would gain it" in page
    assert "and 10 more" in page
    assert "p59" not in page


def test_the_page_costs_the_same_for_many_mappings(as_ada: Client, cast: Cast) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert client_of(cast.ada).get("/single-sign-on/").status_code == 200
        return len(seen)

    add_mapping(wanted("g", role="viewer", account=cast.payments), by="x", now=NOW)
    few = queries()
    for number in range(20):
        add_mapping(wanted(f"g{number}", role="viewer", account=cast.payments), by="x", now=NOW)
    assert queries() == few
