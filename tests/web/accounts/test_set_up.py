"""Setting up an account: what to create there, which stays true; then the test, then the first scan."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from keyconsole.aws_accounts.models import AwsAccount
from keyconsole.inventory.models import Outcome, Scan
from keyconsole.inventory.scan import due, first_scan
from keyconsole.sandbox.server import Sandbox
from tests.cast import Cast
from tests.conftest import HTMX
from tests.web.stories import scanned

pytestmark = pytest.mark.django_db
ADD = "/accounts/add/"
NUMBER = "444455556666"
PAGE = f"/accounts/{NUMBER}/"
ROLE = f"arn:aws:iam::{NUMBER}:role/KeyConsole"


@pytest.fixture
def added(as_ada: Client) -> AwsAccount:
    as_ada.post(ADD, {"account_id": NUMBER, "name": "warehouse"})
    return AwsAccount.objects.get(account_id=NUMBER)


def content_of(client: Client, query: str = "") -> str:
    return client.get(PAGE + query).content.decode()


def put(account: AwsAccount, **fields: Any) -> None:
    AwsAccount.objects.filter(pk=account.pk).update(**fields)


def test_what_was_copied_stays_true_in_every_tab_and_after_the_way_back(
    as_ada: Client, added: AwsAccount
) -> None:
    first, again = content_of(as_ada), content_of(as_ada, "?rights=read")
    for content in (first, again):
        assert set(re.findall(r"keyconsole-[0-9a-f]{32}", content)) == {added.external_id}
    # The form of the first step, sent from another tab, makes no second one.
    as_ada.post(ADD, {"account_id": NUMBER, "name": "warehouse"})
    assert AwsAccount.objects.get(account_id=NUMBER).external_id == added.external_id


def test_no_two_accounts_share_an_external_id(as_ada: Client, added: AwsAccount) -> None:
    as_ada.post(ADD, {"account_id": "555566667777", "name": "depot"})
    assert AwsAccount.objects.get(name="depot").external_id != added.external_id


def test_the_page_begins_with_what_to_create(as_ada: Client, added: AwsAccount) -> None:
    content = content_of(as_ada)
    assert "AWS has not named yet whom it has to trust." in content
    assert content.index("Test the connection") < content.index("CloudFormation") < content.index("Terraform")
    assert 'aria-current="step"' in content
    assert "Scan now" not in content


def test_whom_to_trust_is_filled_in_once_aws_named_it(as_ada: Client, added: AwsAccount) -> None:
    own = "arn:aws:iam::999988887777:role/keyconsole-server"
    put(added, own_identity=own, tested_at=timezone.now(), test_problem="Not assumable.", due_at=None)
    role = as_ada.get(PAGE).context["role"]
    assert json.loads(role.trust)["Statement"][0]["Principal"] == {"AWS": own}
    assert own in role.terraform
    # What was opened on the page stays open until a text changes.
    assert f'id="role-{role.mark}"' in as_ada.get(PAGE, headers=HTMX).content.decode()


def test_reading_alone_can_be_chosen_and_stays_chosen_in_the_address(
    as_ada: Client, added: AwsAccount
) -> None:
    assert "kms:UpdatePrimaryRegion" in as_ada.get(PAGE).context["role"].terraform
    content = content_of(as_ada, "?rights=read")
    assert "kms:UpdatePrimaryRegion" not in content
    assert 'hx-get="?rights=read&amp;seen=' in content


def test_the_sentence_that_says_what_is_missing_stands_first(as_ada: Client, added: AwsAccount) -> None:
    put(added, tested_at=timezone.now(), test_problem="The role KeyConsole cannot be assumed.", due_at=None)
    assert content_of(as_ada).index("The role KeyConsole cannot be assumed.") < content_of(as_ada).index(
        "Terraform"
    )


def test_it_is_not_scanned_by_the_clock_nor_with_all_others(as_ada: Client, added: AwsAccount) -> None:
    due.request_due_scans(timezone.now())
    as_ada.post("/accounts/scan/")
    assert not Scan.objects.filter(account=added).exists()
    put(added, being_set_up=False)
    due.request_due_scans(timezone.now())
    assert Scan.objects.filter(account=added).exists()


def test_scanning_begins_once_it_can_be_entered(added: AwsAccount, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "only-for-the-sandbox")
    with Sandbox(settle_seconds=0) as kms:
        monkeypatch.setenv("AWS_ENDPOINT_URL", kms.url)
        kms.fault("role-missing", account=NUMBER, times=1)
        first_scan.step(AwsAccount.objects.get(pk=added.pk), clock=timezone.now)
        assert not Scan.objects.exists()
        put(added, due_at=timezone.now())
        first_scan.step(AwsAccount.objects.get(pk=added.pk), clock=timezone.now)
    scan = Scan.objects.get()
    assert (scan.account, scan.asked_by, scan.depth, scan.state) == (added, "ada", "details", "waiting")


def test_a_later_test_asks_for_no_scan(added: AwsAccount, monkeypatch: pytest.MonkeyPatch) -> None:
    put(added, being_set_up=False)
    monkeypatch.setattr("keyconsole.aws_accounts.connection_test.step", lambda *_, **__: True)
    first_scan.step(AwsAccount.objects.get(pk=added.pk), clock=timezone.now)
    assert not Scan.objects.exists()


def test_the_list_names_the_regions_that_were_denied(as_ada: Client, cast: Cast) -> None:
    AwsAccount.objects.update(tested_at=timezone.now())
    answers = {"eu-central-1": Outcome.DENIED, "eu-west-1": Outcome.UNREACHABLE, "us-east-1": Outcome.SEEN}
    scanned(cast.payments, answers, at=timezone.now())
    row = as_ada.get("/accounts/").content.decode().partition("payments</a>")[2].partition("</tr>")[0]
    words = " ".join(re.sub(r"<[^>]+>", " ", row).split())
    assert "unreachable in eu-west-1 , denied in eu-central-1" in words


def test_many_regions_are_named_in_part_and_whole_on_hover(as_ada: Client, cast: Cast) -> None:
    AwsAccount.objects.update(tested_at=timezone.now())
    names = ["ap-south-1", "eu-central-1", "eu-west-1", "eu-west-2", "us-east-1"]
    scanned(cast.payments, dict.fromkeys(names, Outcome.DENIED), at=timezone.now())
    row = as_ada.get("/accounts/").content.decode().partition("payments</a>")[2].partition("</tr>")[0]
    assert "ap-south-1, eu-central-1, eu-west-1 and 2 more" in row
    assert 'title="ap-south-1, eu-central-1, eu-west-1, eu-west-2, us-east-1"' in row


@pytest.mark.parametrize(
    ("over", "word"),
    [
        ({"tested_at": None, "due_at": timezone.now()}, "Being tested"),
        ({"test_problem": "No."}, "Cannot be entered"),
        ({}, "Never scanned"),
    ],
)
def test_an_account_says_how_it_stands(as_ada: Client, cast: Cast, over: dict[str, Any], word: str) -> None:
    put(cast.payments, **{"tested_at": timezone.now(), **over})
    assert as_ada.get("/accounts/111122223333/").context["view"].state.word == word


@pytest.mark.parametrize(
    ("outcome", "missing", "word"),
    [
        (Outcome.SEEN, "", "Works"),
        (Outcome.SEEN, "The role may not move primaries.", "Works, in part"),
        (Outcome.DENIED, "", "Not read everywhere"),
    ],
)
def test_a_scanned_account_says_what_was_read(
    as_ada: Client, cast: Cast, outcome: Outcome, missing: str, word: str
) -> None:
    put(cast.payments, tested_at=timezone.now(), test_missing=missing)
    scanned(cast.payments, {"us-east-1": outcome}, at=timezone.now())
    state = as_ada.get("/accounts/111122223333/").context["view"].state
    assert state.word == word
    assert not missing or state.sentence == missing


def test_an_account_that_waits_for_its_role_is_removed_again(as_ada: Client, added: AwsAccount) -> None:
    assert f"{PAGE}remove/" in content_of(as_ada)
    assert as_ada.post(f"{PAGE}remove/").headers["Location"] == "/accounts/"
    assert not AwsAccount.objects.filter(account_id=NUMBER).exists()


def test_one_that_was_entered_is_not(as_ada: Client, added: AwsAccount) -> None:
    put(added, being_set_up=False)
    assert f"{PAGE}remove/" not in content_of(as_ada)
    content = as_ada.post(f"{PAGE}remove/", follow=True).content.decode()
    assert "Only an account that was never entered" in content
    assert AwsAccount.objects.filter(account_id=NUMBER).exists()
