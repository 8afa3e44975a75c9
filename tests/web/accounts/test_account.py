"""The page of one AWS account: its Regions, the way in, the role to create, who has which role."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from keyconsole.aws_accounts.models import AwsAccount
from keyconsole.inventory.models import Outcome, Scan, ScanState
from tests.cast import NOW, Cast
from tests.conftest import HTMX
from tests.web.stories import scanned

pytestmark = [pytest.mark.django_db, pytest.mark.every_database]
URL = "/accounts/111122223333/"


def content_of(client: Client) -> str:
    response = client.get(URL)
    assert response.status_code == 200
    return response.content.decode()


def test_each_region_gives_its_answer_with_the_reason(cast: Cast, as_ana: Client) -> None:
    answers = {"us-east-1": Outcome.SEEN, "us-west-2": Outcome.DENIED, "eu-west-1": Outcome.UNREACHABLE}
    scanned(cast.payments, answers, at=timezone.now())
    content = content_of(as_ana)
    assert "AWS denied kms:ListKeys." in content
    assert "No answer within 3 seconds." in content


def test_keys_are_counted_only_where_somebody_could_look(cast: Cast, as_ana: Client) -> None:
    answers = {"us-east-1": Outcome.EMPTY, "us-west-2": Outcome.DENIED, "eu-west-1": Outcome.UNREACHABLE}
    scanned(cast.payments, answers, at=timezone.now())
    cells = re.findall(r'data-label="Region keys">(.*?)</td>', content_of(as_ana))
    assert [re.sub(r"<[^>]+>", "", cell) for cell in cells] == ["unknown", "0", "unknown"]


def test_an_account_that_could_not_be_entered_was_tried_and_not_scanned(cast: Cast, as_ana: Client) -> None:
    now = timezone.now()
    scanned(cast.payments, {}, at=now, state=ScanState.FAILED, problem="The role cannot be assumed.")
    row = as_ana.get("/accounts/").content.decode().partition("payments</a>")[2].partition("</tr>")[0]
    assert 'data-label="Region keys"><span class="muted">unknown</span>' in row
    assert '<span class="muted">tried</span>' in row


def test_while_a_scan_runs_the_last_answer_stands_beside(cast: Cast, as_ana: Client) -> None:
    now = timezone.now()
    scanned(cast.payments, {"us-east-1": Outcome.DENIED}, at=now - timedelta(hours=1))
    scanned(cast.payments, {"us-east-1": Outcome.RUNNING}, at=now, state=ScanState.RUNNING)
    [row] = as_ana.get(URL).context["view"].rows
    assert (row.now.outcome, row.before.outcome) == ("running", "denied")
    assert "0 of 1 Regions read" in content_of(as_ana)


def test_a_scan_that_waits_says_so(cast: Cast, as_ana: Client) -> None:
    scanned(cast.payments, {}, at=timezone.now(), state=ScanState.WAITING)
    assert "The scan waits for a worker" in content_of(as_ana)


def test_it_asks_often_while_something_comes_and_seldom_otherwise(cast: Cast, as_ana: Client) -> None:
    assert 'hx-trigger="every 2s"' in content_of(as_ana)  # the connection was never tested
    AwsAccount.objects.update(tested_at=timezone.now())
    assert 'hx-trigger="every 30s"' in content_of(as_ana)
    scanned(cast.payments, {}, at=timezone.now(), state=ScanState.WAITING)
    assert 'hx-trigger="every 2s"' in content_of(as_ana)


def test_a_poll_that_has_the_newest_gets_nothing(cast: Cast, as_ana: Client) -> None:
    version = as_ana.get(URL).context["version"]
    assert as_ana.get(URL, {"seen": version}, headers=HTMX).status_code == 204
    AwsAccount.objects.update(tested_at=timezone.now())
    assert as_ana.get(URL, {"seen": version}, headers=HTMX).status_code == 200


def test_htmx_gets_only_the_live_part(cast: Cast, as_ana: Client) -> None:
    content = as_ana.get(URL, headers=HTMX).content.decode()
    assert content.strip().startswith('<section id="account"')
    assert "The IAM role to create" not in content


def test_the_external_id_is_shown_to_administrators_alone(cast: Cast, as_ana: Client, as_ada: Client) -> None:
    AwsAccount.objects.filter(pk=cast.payments.pk).update(
        role_arn="arn:aws:iam::111122223333:role/audit/KeyConsole", external_id="very-private-text"
    )
    assert "very-private-text" not in content_of(as_ana)
    assert "an administrator sees it here" in content_of(as_ana)
    trust = json.loads(as_ada.get(URL).context["role"].trust)
    assert trust["Statement"][0]["Condition"] == {"StringEquals": {"sts:ExternalId": "very-private-text"}}


def test_the_way_in_names_where_secrets_are_and_never_a_secret(cast: Cast, as_ana: Client) -> None:
    AwsAccount.objects.filter(pk=cast.payments.pk).update(source="env-keys", env_prefix="PAYMENTS")
    assert "variables or secret files that begin with PAYMENTS_" in content_of(as_ana)


def test_a_failed_connection_says_why(cast: Cast, as_ana: Client) -> None:
    AwsAccount.objects.update(
        tested_at=timezone.now(), test_problem="These are the credentials of 999988887777."
    )
    assert "These are the credentials of 999988887777." in content_of(as_ana)


def test_it_says_who_has_which_role_here_and_nobody_elses(cast: Cast, as_ana: Client) -> None:
    cast.archive.role_grants.create(
        person=cast.dan, role="viewer", granted_by="ada", granted_at=timezone.now()
    )
    grants = as_ana.get(URL).context["grants"]
    assert [(grant.person.username, grant.role) for grant in grants] == [
        ("ada", "administrator"),
        ("ana", "requester"),
        ("bea", "approver"),
        ("ben", "approver"),
        ("cleo", "auditor"),
    ]


def test_only_who_may_is_offered_to_scan_and_edit(as_ana: Client, as_cleo: Client, as_ada: Client) -> None:
    offers = {
        name: (f"{URL}scan/" in content, f"{URL}test/" in content, f"{URL}edit/" in content)
        for name, client in (("ana", as_ana), ("cleo", as_cleo), ("ada", as_ada))
        for content in [content_of(client)]
    }
    assert offers == {"ana": (True, True, False), "cleo": (False, False, False), "ada": (True, True, True)}


@pytest.mark.parametrize("number", ["333344445555", "999999999999", "payments", "%00", "1" * 3000])
def test_accounts_outside_ones_own_are_not_there(as_ana: Client, number: str) -> None:
    assert as_ana.get(f"/accounts/{number}/").status_code == 404


def test_it_takes_no_posts(as_ana: Client) -> None:
    assert as_ana.post(URL).status_code == 405


def test_people_without_a_role_may_not_open_it(as_dan: Client) -> None:
    assert as_dan.get(URL).status_code == 403


def test_signed_out_people_are_sent_to_sign_in(anonymous: Client, db: None) -> None:
    assert anonymous.get(URL).headers["Location"].startswith("/sign-in/")


def test_the_number_of_queries_does_not_grow_with_the_scans(
    cast: Cast, as_ana: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    now = timezone.now()
    scanned(cast.payments, {"us-east-1": Outcome.SEEN}, at=now)
    as_ana.get(URL)
    with django_assert_num_queries(21):
        as_ana.get(URL)
    for hour in range(20):
        scanned(
            cast.payments,
            dict.fromkeys(["us-east-1", "eu-west-1"], Outcome.SEEN),
            at=now - timedelta(hours=hour),
        )
    with django_assert_num_queries(21):
        as_ana.get(URL)
    assert Scan.objects.count() == 21


@pytest.mark.parametrize(
    ("over", "words"),
    [
        ({}, "unit unknown"),
        ({"unit": "typed", "unit_read_at": None}, "unit unknown"),
        ({"unit": "", "unit_read_at": NOW, "unit_read_by": "111122223333"}, "in no unit"),
        ({"unit": "prod/cards", "unit_read_at": NOW, "unit_read_by": "111122223333"}, "unit prod/cards"),
    ],
)
def test_it_says_where_the_account_stands_or_that_nobody_knows(
    as_ada: Client, cast: Cast, over: dict[str, Any], words: str
) -> None:
    AwsAccount.objects.filter(pk=cast.payments.pk).update(**over)
    content = as_ada.get("/accounts/111122223333/").content.decode()
    assert f"<span>{words}</span>" in content
    assert "typed" not in content


def test_it_says_why_the_organisation_could_not_be_read(
    as_ada: Client, cast: Cast, settings: Settings
) -> None:
    settings.KEYCONSOLE_ORGANIZATION_ACCOUNTS = ["111122223333"]
    AwsAccount.objects.filter(pk=cast.payments.pk).update(organization_problem="AWS refused ListRoots.")
    content = as_ada.get("/accounts/111122223333/").content.decode()
    assert "The latest try gave nothing: AWS refused ListRoots." in content
    assert "none has yet" in content
    assert "organizations:ListRoots" in content
