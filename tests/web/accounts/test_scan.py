"""Asking a worker to scan an account, to scan all of them, or to test a connection."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from keyconsole.audit.models import Entry
from keyconsole.aws_accounts.models import AwsAccount
from keyconsole.inventory.models import Scan
from tests.cast import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.every_database]
SCAN = "/accounts/111122223333/scan/"
TEST = "/accounts/111122223333/test/"
ALL = "/accounts/scan/"


def test_a_scan_is_asked_for_and_recorded(cast: Cast, as_ana: Client) -> None:
    assert as_ana.post(SCAN).headers["Location"] == "/accounts/111122223333/"
    scan = Scan.objects.get()
    assert (scan.account, scan.asked_by, scan.state, scan.depth) == (cast.payments, "ana", "waiting", "keys")
    assert Entry.objects.get(event="scan.requested").actor == "ana"
    assert scan.due_at == scan.asked_at


def test_asked_twice_there_is_one_scan(cast: Cast, as_ana: Client, as_ben: Client) -> None:
    as_ana.post(SCAN)
    assert as_ben.post(SCAN).status_code == 302
    assert Scan.objects.count() == 1


def test_a_scan_with_details_is_the_deeper_one(cast: Cast, as_ana: Client) -> None:
    as_ana.post(SCAN, {"depth": "details"})
    assert Scan.objects.get().depth == "details"


def test_an_unknown_depth_is_the_ordinary_one(cast: Cast, as_ana: Client) -> None:
    as_ana.post(SCAN, {"depth": "bottomless"})
    assert Scan.objects.get().depth == "keys"


def test_scan_all_scans_what_one_may_scan(cast: Cast, as_ana: Client) -> None:
    response = as_ana.post(ALL, follow=True)
    assert {scan.account.name for scan in Scan.objects.all()} == {"payments", "research"}
    assert "A scan of 2 accounts is asked for." in response.content.decode()


def test_a_test_is_asked_for_and_its_old_answer_is_gone(cast: Cast, as_ana: Client) -> None:
    AwsAccount.objects.update(tested_at=timezone.now(), test_problem="old")
    assert as_ana.post(TEST).headers["Location"] == "/accounts/111122223333/"
    cast.payments.refresh_from_db()
    assert (cast.payments.tested_at, cast.payments.test_problem) == (None, "")
    assert (cast.payments.test_asked_by, cast.payments.due_at is None) == ("ana", False)


@pytest.mark.parametrize("path", [SCAN, TEST, ALL])
def test_looking_at_the_address_does_nothing(as_ana: Client, path: str) -> None:
    assert as_ana.get(path).status_code == 405
    assert not Scan.objects.exists()
    assert not AwsAccount.objects.filter(due_at__isnull=False).exists()


@pytest.mark.parametrize("path", [SCAN, TEST, ALL])
@pytest.mark.parametrize("name", ["cleo", "dan"])
def test_people_who_may_not_scan_are_refused(client_as: Any, name: str, path: str) -> None:
    assert client_as(name).post(path).status_code == 403
    assert not Scan.objects.exists()
    assert not AwsAccount.objects.filter(due_at__isnull=False).exists()


@pytest.mark.parametrize("verb", ["scan", "test"])
def test_accounts_outside_ones_own_are_not_there(as_ana: Client, verb: str) -> None:
    assert as_ana.post(f"/accounts/333344445555/{verb}/").status_code == 404


@pytest.mark.parametrize("path", [SCAN, TEST, ALL])
def test_signed_out_people_are_sent_to_sign_in(anonymous: Client, cast: Cast, path: str) -> None:
    assert anonymous.post(path).headers["Location"].startswith("/sign-in/")
    assert not Scan.objects.exists()
    assert not AwsAccount.objects.filter(due_at__isnull=False).exists()
