"""The pages of what gives power: for whom they exist, what they show, and deciding on them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from keyconsole.audit.models import Entry
from keyconsole.aws_accounts.grants import grant
from keyconsole.aws_accounts.permissions import can
from keyconsole.aws_accounts.roles import Permission, Role
from keyconsole.people.dual_control.kinds import grant_role, join_group
from keyconsole.people.dual_control.propose import propose
from keyconsole.people.models import AccessProposal
from tests.cast import Cast, make_person
from tests.conftest import client_of
from tests.web.proposals import press, queries_beside_the_frame

pytestmark = [pytest.mark.django_db, pytest.mark.every_database]
LIST, PAGE = "/proposals/", "/proposals/AR-1/"
AGREE, REJECT, WITHDRAW = f"{PAGE}agree/", f"{PAGE}reject/", f"{PAGE}withdraw/"


def text(client: Client, url: str = PAGE) -> str:
    response = client.get(url)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def test_it_says_what_would_change_for_whom_and_who_could_agree(
    proposal: AccessProposal, as_ada: Client, as_eve: Client
) -> None:
    for client in (as_ada, as_eve):
        shown = text(client)
        assert "Give dan the role approver in payments (111122223333)" in shown
        assert "<del>nothing</del>" in shown
        assert "<ins>view, approve, scan</ins>" in shown
        assert "Nothing is changed until one of these agrees: eve." in shown
        assert "Dan joins the team." in shown
        assert proposal.sha256 in shown


@pytest.mark.parametrize("name", ["ana", "ben"])
def test_for_everybody_else_it_does_not_exist(
    proposal: AccessProposal, client_as: Callable[[str], Client], name: str
) -> None:
    client = client_as(name)
    assert client.get(PAGE).status_code == 404
    assert "AR-1" not in text(client, LIST)
    for url in (AGREE, REJECT, WITHDRAW):
        sent = {"proposal": "1", "sha256": proposal.sha256, "reason": "No."}
        assert client.post(url, sent).status_code == 404
    proposal.refresh_from_db()
    assert proposal.state == "proposed"


@pytest.mark.parametrize("name", ["dan", "cleo"])
def test_the_person_it_is_about_and_auditors_read_it_and_decide_nothing(
    proposal: AccessProposal, client_as: Callable[[str], Client], name: str
) -> None:
    client = client_as(name)
    assert "AR-1" in text(client, LIST)
    assert 'action="/people/proposals' not in text(client)
    client.post(AGREE, {"proposal": "1", "sha256": proposal.sha256})
    proposal.refresh_from_db()
    assert proposal.state == "proposed"


def test_an_administrator_of_one_account_sees_and_decides_what_is_of_that_account(
    proposal: AccessProposal, cast: Cast
) -> None:
    there = client_of(make_person("finn", Role.ADMINISTRATOR, accounts=(cast.payments,)))
    elsewhere = client_of(make_person("gus", Role.ADMINISTRATOR, accounts=(cast.research,)))
    assert elsewhere.get(PAGE).status_code == 404
    assert "AR-1" not in text(elsewhere, LIST)
    assert "AR-1" in text(there, LIST)
    assert "You agreed to AR-1. It is done." in press(there, PAGE, AGREE)
    assert can(cast.dan, Permission.APPROVE, cast.payments)


def test_agreeing_does_it_and_the_page_then_tells_it_as_past(
    proposal: AccessProposal, as_ada: Client, as_eve: Client, cast: Cast
) -> None:
    assert "You agreed to AR-1. It is done." in press(as_eve, PAGE, AGREE, comment="Met him.")
    assert can(cast.dan, Permission.APPROVE, cast.payments)
    shown = text(as_ada)
    assert "It was agreed to by eve" in shown
    assert "Met him." in shown
    assert "would" not in shown.partition("<main")[2].partition("</main")[0]
    assert 'action="/people/proposals' not in shown


def test_who_proposed_it_takes_it_back_and_does_not_agree(proposal: AccessProposal, as_ada: Client) -> None:
    assert "You proposed AR-1: another has to decide on it." in text(as_ada)
    assert f'action="{AGREE}"' not in text(as_ada)
    sent = {"proposal": "1", "sha256": proposal.sha256}
    assert "You proposed AR-1" in as_ada.post(AGREE, sent, follow=True).content.decode()
    proposal.refresh_from_db()
    assert proposal.state == "proposed"
    assert "AR-1 is withdrawn. Nothing was changed." in press(as_ada, PAGE, WITHDRAW)


def test_a_rejection_needs_a_reason(proposal: AccessProposal, as_eve: Client, cast: Cast) -> None:
    assert "Say why you reject it" in press(as_eve, PAGE, REJECT, reason=" ")
    assert "You rejected AR-1. Nothing was changed." in press(as_eve, PAGE, REJECT, reason="Dan left.")
    assert not can(cast.dan, Permission.APPROVE, cast.payments)


def test_two_tabs_twice_the_same_and_another_proposals_form(
    proposal: AccessProposal, as_eve: Client, cast: Cast
) -> None:
    facts = join_group.facts_of(cast.dan, "security")
    other = propose(join_group.NAME, facts, by=cast.ada, why="x", now=timezone.now())
    sent = {"proposal": "1", "sha256": other.sha256}
    assert "says something else than what you read" in as_eve.post(AGREE, sent, follow=True).content.decode()
    assert as_eve.post(AGREE, {**sent, "proposal": "2"}).status_code == 404
    assert as_eve.post(AGREE, {}).status_code == 404
    sent["sha256"] = proposal.sha256
    as_eve.post(REJECT, {"proposal": "1", "reason": "No."})
    said = as_eve.post(AGREE, sent, follow=True).content.decode()
    assert "AR-1 is rejected." in said
    assert not can(cast.dan, Permission.APPROVE, cast.payments)


def test_who_lost_the_role_between_page_and_click_changes_nothing(
    proposal: AccessProposal, as_eve: Client, eve: User, cast: Cast
) -> None:
    content = as_eve.get(PAGE).content.decode()
    assert AGREE in content
    eve.role_grants.all().delete()
    assert as_eve.post(AGREE, {"proposal": "1", "sha256": proposal.sha256}).status_code == 404
    assert not can(cast.dan, Permission.APPROVE, cast.payments)


def test_what_ended_at_the_click_is_told_to_who_clicked(
    proposal: AccessProposal, as_eve: Client, eve: User, cast: Cast
) -> None:
    cast.ada.role_grants.all().delete()
    said = as_eve.post(AGREE, {"proposal": "1", "sha256": proposal.sha256}, follow=True).content.decode()
    assert "has nobody behind it" in said
    assert Entry.objects.filter(event="access.ended").count() == 1


@pytest.mark.parametrize(
    "ref", ["AR-0", "AR-01", "ar-1", "AR-1 ", "AR-999999999", "AR-9999999999", "CR-1", "AR-\x00"]
)
def test_what_is_not_there_is_not_there(proposal: AccessProposal, as_ada: Client, ref: str) -> None:
    assert as_ada.get(f"/proposals/{ref}/").status_code == 404


@pytest.mark.parametrize("url", [AGREE, REJECT, WITHDRAW])
def test_deciding_takes_posts_of_people_who_are_signed_in(
    proposal: AccessProposal, as_ada: Client, anonymous: Client, url: str
) -> None:
    assert as_ada.get(url).status_code == 405
    for each in (url, PAGE, LIST):
        assert anonymous.post(each).headers["Location"].startswith("/sign-in/")


def test_the_list_is_filtered_by_state(proposal: AccessProposal, as_ada: Client, as_eve: Client) -> None:
    assert "AR-1" in text(as_ada, f"{LIST}?state=proposed")
    assert "No proposal is in this state" in text(as_ada, f"{LIST}?state=applied")
    assert "AR-1" in text(as_ada, f"{LIST}?state=nonsense")
    press(as_eve, PAGE, AGREE)
    assert "was agreed to by eve" in text(as_ada, f"{LIST}?state=applied")


def test_the_queries_do_not_grow_with_the_proposals(
    proposal: AccessProposal, as_ada: Client, as_ben: Client, cast: Cast
) -> None:
    before = [queries_beside_the_frame(client, LIST) for client in (as_ada, as_ben)]
    row = AccessProposal.objects.values().get()
    decided = {**row, "state": "rejected"}
    AccessProposal.objects.bulk_create(
        AccessProposal(**{**decided, "id": None, "number": number}) for number in range(2, 40)
    )
    assert [queries_beside_the_frame(client, LIST) for client in (as_ada, as_ben)] == before


def test_it_waits_for_those_who_could_agree_on_every_page(
    proposal: AccessProposal, as_ada: Client, as_eve: Client, as_cleo: Client
) -> None:
    for client, number in ((as_eve, 1), (as_ada, 0), (as_cleo, 0)):
        assert client.get("/help/").context["needs_me"]() == number
    for url in ("/", "/changes/"):
        assert "give dan the role approver in payments" in text(as_eve, url)
        assert "AR-1" not in text(as_ada, url)


def test_the_record_finds_it_by_its_number_and_links_to_it(
    proposal: AccessProposal, as_eve: Client, as_cleo: Client
) -> None:
    press(as_eve, PAGE, AGREE)
    found = text(as_cleo, "/audit/?q=AR-1")
    for event in ("access.proposed", "access.agreed", "access.applied", "role.granted"):
        assert event in found.partition("<tbody")[2]
    assert f'href="{PAGE}"' in found
    assert "role.granted" in text(as_cleo, "/audit/?q=dan").partition("<tbody")[2]


def test_what_people_wrote_is_escaped(cast: Cast, eve: User, as_eve: Client) -> None:
    facts = join_group.facts_of(cast.dan, "security")
    propose(join_group.NAME, facts, by=cast.ada, why="<script>a</script>", now=timezone.now())
    assert "<script>a" not in text(as_eve)


def test_what_is_decided_costs_no_query_more_on_every_page(
    proposal: AccessProposal, as_eve: Client, as_ana: Client
) -> None:
    """The frame asks what waits in one query for policies, accounts and power together."""
    press(as_eve, PAGE, AGREE)
    with CaptureQueriesContext(connection) as found:
        as_ana.get("/help/")
    asking = [each["sql"] for each in found if "people_accessproposal" in each["sql"]]
    assert len(asking) == 1
    assert "UNION" in asking[0]


def test_a_role_for_all_accounts_shows_each_account_in_which_more_is_held(
    cast: Cast, eve: User, as_eve: Client
) -> None:
    grant(cast.dan, Role.REQUESTER, cast.research, by="ops", now=timezone.now())
    facts = grant_role.facts_of(cast.dan, Role.APPROVER, None, ends_at=None)
    propose(grant_role.NAME, facts, by=cast.ada, why="x", now=timezone.now())
    shown = text(as_eve)
    assert "All accounts" in shown
    assert "<ins>view, request, approve, scan</ins>" in shown
