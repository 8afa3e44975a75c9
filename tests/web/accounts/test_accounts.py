"""The list of AWS accounts: what each Region answered last, and how far a scan is."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from keyconsole.aws_accounts.models import AwsAccount
from keyconsole.inventory.models import Outcome, Scan, ScanState
from tests.cast import Cast, make_account
from tests.conftest import HTMX
from tests.web.stories import scanned

pytestmark = [pytest.mark.django_db, pytest.mark.every_database]
URL = "/accounts/"
FOUR = {
    "eu-west-1": Outcome.EMPTY,
    "eu-west-2": Outcome.UNREACHABLE,
    "us-east-1": Outcome.SEEN,
    "us-west-2": Outcome.DENIED,
}


def names(client: Client, query: str = "") -> list[str]:
    return [view.account.name for view in client.get(URL + query).context["views"]]


def test_each_sees_only_their_own_accounts(as_ana: Client, as_cleo: Client) -> None:
    assert names(as_ana) == ["payments", "research"]
    assert names(as_cleo) == ["archive", "payments", "research"]


def test_denied_unreachable_and_empty_are_three_answers(cast: Cast, as_ana: Client) -> None:
    scanned(cast.payments, FOUR, at=timezone.now())
    view = next(view for view in as_ana.get(URL).context["views"] if view.account == cast.payments)
    assert view.last is not None
    assert view.last.outcomes == [("unreachable", 1), ("denied", 1), ("seen", 1), ("empty", 1)]
    content = as_ana.get(URL).content.decode()
    for word in ("Unreachable", "Denied", "Empty"):
        assert word in content


def test_an_account_that_could_not_be_entered_says_why(cast: Cast, as_ana: Client) -> None:
    scanned(cast.payments, {}, at=timezone.now(), state=ScanState.FAILED, problem="The token has expired.")
    assert "The token has expired." in as_ana.get(URL).content.decode()


def test_while_a_scan_runs_the_list_asks_every_two_seconds(cast: Cast, as_ana: Client) -> None:
    AwsAccount.objects.update(tested_at=timezone.now())
    assert 'hx-trigger="every 30s"' in as_ana.get(URL).content.decode()
    parts = {"us-east-1": Outcome.SEEN, "eu-west-1": Outcome.RUNNING, "us-west-2": Outcome.WAITING}
    scanned(cast.payments, parts, at=timezone.now(), state=ScanState.RUNNING)
    content = as_ana.get(URL).content.decode()
    assert 'hx-trigger="every 2s"' in content
    assert "1 of 3 Regions" in content


def test_a_poll_that_has_the_newest_gets_nothing(cast: Cast, as_ana: Client) -> None:
    scan = scanned(cast.payments, FOUR, at=timezone.now(), state=ScanState.RUNNING)
    version = as_ana.get(URL).context["version"]
    assert as_ana.get(URL, {"seen": version}, headers=HTMX).status_code == 204
    Scan.objects.filter(pk=scan.pk).update(version=scan.version + 1)
    assert as_ana.get(URL, {"seen": version}, headers=HTMX).status_code == 200


def test_htmx_gets_only_the_list(cast: Cast, as_ana: Client) -> None:
    content = as_ana.get(URL, headers=HTMX).content.decode()
    assert content.strip().startswith('<section id="accounts"')
    assert "<html" not in content


def test_only_who_may_scan_and_add_is_offered_it(as_ana: Client, as_cleo: Client, as_ada: Client) -> None:
    offers = {
        name: ("/accounts/scan/" in content, "/accounts/add/" in content)
        for name, client in (("ana", as_ana), ("cleo", as_cleo), ("ada", as_ada))
        for content in [client.get(URL).content.decode()]
    }
    assert offers == {"ana": (True, False), "cleo": (False, False), "ada": (True, True)}


def test_without_an_account_the_next_step_is_offered(as_ada: Client, cast: Cast) -> None:
    AwsAccount.objects.all().delete()
    assert "Add the first one" in as_ada.get(URL).content.decode()


@pytest.mark.parametrize("query", ["?page=999", "?page=abc", "?seen=", "?page=0"])
def test_nonsense_in_the_address_shows_the_list(as_ana: Client, query: str) -> None:
    assert names(as_ana, query) == ["payments", "research"]


def test_it_takes_no_posts(as_ana: Client) -> None:
    assert as_ana.post(URL).status_code == 405


def test_people_without_a_role_may_not_open_it(as_dan: Client) -> None:
    assert as_dan.get(URL).status_code == 403


def test_signed_out_people_are_sent_to_sign_in(anonymous: Client, db: None) -> None:
    assert anonymous.get(URL).headers["Location"].startswith("/sign-in/")


def test_the_number_of_queries_does_not_grow_with_the_accounts(
    cast: Cast, as_cleo: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    now = timezone.now()
    scanned(cast.payments, FOUR, at=now - timedelta(hours=1))
    scanned(cast.payments, FOUR, at=now, state=ScanState.RUNNING)
    as_cleo.get(URL)
    with django_assert_num_queries(20):
        as_cleo.get(URL)
    for number in range(30):
        account = make_account(f"account {number}", f"{number:012}")
        scanned(account, FOUR, at=now)
        scanned(account, FOUR, at=now, state=ScanState.RUNNING)
    with django_assert_num_queries(20):
        as_cleo.get(URL)
