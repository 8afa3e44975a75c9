"""The list of changes: its tabs, its search, and what it hides."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from keyconsole.changes.models import Rejection
from keyconsole.policies.document.rules import Rule, Rules
from keyconsole.policies.quorum.requirements import Requirement
from tests.cast import Cast, Inventory, Member, hold, make_key
from tests.conftest import HTMX
from tests.web.stories import ask, put_in, refused, settling

pytestmark = [pytest.mark.django_db, pytest.mark.every_database]
URL = "/changes/"


def shown(client: Client, query: str = "") -> list[str]:
    response = client.get(URL + query)
    assert response.status_code == 200
    return [change.ref for change in response.context["changes_page"]]


@pytest.fixture
def three(cast: Cast, inventory: Inventory) -> None:
    now = timezone.now()
    settling(cast.ana, inventory.card_vault, now=now)  # CR-1
    change = ask(
        cast.ana, inventory.genome, at=now, to_region="us-east-1", reason="Move the lab", ticket="LAB-9"
    )
    put_in(change, "cancelled", closed_at=now)  # CR-2
    hold(Rules(name="alone", rule=Rule.APPROVE, requirements=(Requirement(),)))
    ask(cast.ana, inventory.genome, at=now, to_region="us-east-1", reason="Again", ticket="")  # CR-3, pending


def test_open_and_closed_changes_stand_in_their_tabs(three: None, as_ana: Client) -> None:
    assert shown(as_ana, "?tab=open") == ["CR-3", "CR-1"]
    assert shown(as_ana, "?tab=closed") == ["CR-2"]


def test_tabs_say_how_many_there_are(three: None, as_ben: Client) -> None:
    tabs = as_ben.get(URL).context["tabs"]
    assert {link.tab: link.count for link in tabs} == {"needs-me": 1, "open": 2, "closed": 1}


def test_what_needs_an_approver_comes_first(three: None, as_ben: Client) -> None:
    assert shown(as_ben) == ["CR-3"]


def test_the_requester_does_not_need_to_approve_their_own(three: None, as_ana: Client) -> None:
    assert shown(as_ana, "?tab=needs-me") == []
    assert "Nothing needs you" in as_ana.get(URL, {"tab": "needs-me"}).content.decode()


def test_an_overdue_change_needs_who_asked_for_it(three: None, cast: Cast, as_ana: Client) -> None:
    change = cast.ana.requested_changes.get(number=1)
    put_in(change, "settling", overdue_since=timezone.now())
    assert shown(as_ana) == ["CR-1"]
    assert "overdue" in as_ana.get(URL).content.decode()


@pytest.mark.parametrize(
    "text", ["cr-1", "card-vault", "PAYMENTS", "eu-west-1", "exercise", "SEC-7", "ana vault"]
)
def test_search_finds_by_any_word_of_it(three: None, as_ana: Client, text: str) -> None:
    assert shown(as_ana, f"?tab=open&q={text}") == ["CR-1"]


def test_search_finds_who_approved_rejected_or_reviewed(three: None, cast: Cast, as_ana: Client) -> None:
    first = cast.ana.requested_changes.get(number=1)
    now = timezone.now()
    first.approvals.create(approver=cast.bea, requester=cast.ana, plan_sha256="x", approved_at=now)
    Rejection.objects.create(change=first, rejecter=cast.ben, reason="No.", rejected_at=now)
    for text in ("bea", "ben", "bea ben"):
        assert shown(as_ana, f"?tab=open&q={text}") == ["CR-1"]


@pytest.mark.parametrize(
    "text", ["nothing", "vault lab", "CR-99999999999999999999", "²", "%00", "%25", "🔑", "x" * 300, "a " * 80]
)
def test_odd_searches_answer_without_a_fault(three: None, as_ana: Client, text: str) -> None:
    assert as_ana.get(f"{URL}?tab=open&q={text}").status_code == 200


def test_a_search_that_cannot_be_used_says_so_and_filters_nothing(three: None, as_ana: Client) -> None:
    response = as_ana.get(URL, {"tab": "open", "q": "x" * 300})
    assert "The list below is not filtered." in response.content.decode()
    assert len(response.context["changes_page"]) == 2


@pytest.mark.parametrize("query", ["?page=999", "?page=abc", "?page=-1", "?tab=nothing", "?tab=", "?seen="])
def test_nonsense_in_the_address_shows_the_list(three: None, as_ana: Client, query: str) -> None:
    assert shown(as_ana, query) == ["CR-3", "CR-1"]


def test_changes_of_other_accounts_are_not_listed(cast: Cast, inventory: Inventory, as_ana: Client) -> None:
    key = inventory.old_vault
    key.account.role_grants.create(
        person=cast.ana, role="requester", granted_by="ada", granted_at=timezone.now()
    )
    key.region_keys.update(state="Enabled")
    ask(cast.ana, key, at=timezone.now(), to_region="us-east-1")
    assert shown(as_ana, "?tab=open") == ["CR-1"]
    key.account.role_grants.all().delete()
    assert shown(as_ana, "?tab=open") == []


def test_closed_changes_stay_page_after_page(cast: Cast, inventory: Inventory, as_ana: Client) -> None:
    now = timezone.now()
    for day in range(60):
        change = ask(cast.ana, inventory.card_vault, at=now - timedelta(days=60 - day))
        put_in(change, "done", closed_at=now)
    assert len(shown(as_ana, "?tab=closed")) == 50
    assert shown(as_ana, "?tab=closed&page=2")[-1] == "CR-1"


def test_htmx_gets_only_the_list(three: None, as_ana: Client) -> None:
    content = as_ana.get(URL, {"tab": "open"}, headers=HTMX).content.decode()
    assert content.strip().startswith('<section id="changes"')
    assert "<html" not in content


def test_a_poll_that_has_the_newest_gets_nothing(three: None, cast: Cast, as_ana: Client) -> None:
    version = as_ana.get(URL).context["version"]
    assert as_ana.get(URL, {"seen": version}, headers=HTMX).status_code == 204
    put_in(cast.ana.requested_changes.get(number=1), "done", closed_at=timezone.now())
    assert as_ana.get(URL, {"seen": version}, headers=HTMX).status_code == 200


def test_the_poll_keeps_the_filter(three: None, as_ana: Client) -> None:
    content = as_ana.get(URL, {"tab": "closed", "q": "lab"}).content.decode()
    assert 'hx-get="?tab=closed&amp;q=lab&amp;seen=' in content


def test_hostile_reasons_are_shown_as_text(cast: Cast, inventory: Inventory, as_ana: Client) -> None:
    ask(cast.ana, inventory.card_vault, at=timezone.now(), reason="<script>alert(1)</script>")
    assert "<script>alert" not in as_ana.get(URL, {"tab": "open"}).content.decode()


def test_it_takes_no_posts(as_ana: Client, cast: Cast) -> None:
    assert as_ana.post(URL).status_code == 405


def test_signed_out_people_are_sent_to_sign_in(anonymous: Client, db: None) -> None:
    assert anonymous.get(URL).headers["Location"].startswith("/sign-in/")


def test_people_without_a_role_may_not_open_it(as_dan: Client, cast: Cast) -> None:
    assert as_dan.get(URL).status_code == 403


def test_the_number_of_queries_does_not_grow_with_the_changes(
    cast: Cast, inventory: Inventory, as_ana: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    now = timezone.now()
    refused(cast.ana, inventory.card_vault, now=now)
    as_ana.get(URL)
    with django_assert_num_queries(22):
        as_ana.get(URL, {"tab": "closed"})
    for number in range(20):
        key = make_key(
            cast.payments, f"mrk-{number:032x}", Member("us-east-1"), Member("eu-west-1"), seen_at=now
        )
        refused(cast.ana, key, now=now)
    with django_assert_num_queries(22):
        as_ana.get(URL, {"tab": "closed"})
