"""The test of a connection says in one sentence what is missing, and asks AWS for nothing that changes it."""

from __future__ import annotations

import pytest

from keyconsole.aws_accounts.connection_test import Answer, check_connection
from keyconsole.aws_accounts.models import AwsAccount
from keyconsole.sandbox.server import Sandbox
from tests.cast import NOW, make_account

pytestmark = pytest.mark.django_db
NUMBER = "111122223333"
ROLE = f"arn:aws:iam::{NUMBER}:role/KeyConsole"
OWN = "arn:aws:iam::123456789012:user/desk"


@pytest.fixture
def account(kms: Sandbox) -> AwsAccount:
    fields = {"source": "env-keys", "env_prefix": "DESK", "endpoint_url": kms.url, "role_arn": ROLE}
    regions = ["us-east-1", "us-west-2", "eu-west-1"]
    return make_account("payments", NUMBER, being_set_up=True, regions=regions, **fields)


def ask(account: AwsAccount) -> Answer:
    answer = check_connection(account, by="ada", now=NOW)
    account.refresh_from_db()
    assert (account.test_problem, account.test_missing) == (answer.problem, answer.missing)
    return answer


def test_nothing_is_missing_where_all_is_allowed(account: AwsAccount, kms: Sandbox) -> None:
    answer = ask(account)
    assert (answer.problem, answer.missing) == ("", "")
    assert account.own_identity == OWN
    assert not account.being_set_up
    assert "UpdatePrimaryRegion" not in str(kms.calls())


def test_a_role_that_cannot_be_assumed_is_told_with_the_three_causes(
    account: AwsAccount, kms: Sandbox
) -> None:
    account.external_id = "keyconsole-1"
    kms.fault("role-missing", account=NUMBER)
    problem = ask(account).problem
    told = f"is not there yet, does not trust {OWN}, or asks for another external id"
    assert f"The role KeyConsole cannot be assumed: it {told}" in problem
    assert "keyconsole-1" not in problem
    # Whom to trust is known from now on, and it is still being set up.
    assert (account.own_identity, account.being_set_up) == (OWN, True)


def test_another_account_that_answers_is_told(kms: Sandbox) -> None:
    fields = {"source": "env-keys", "env_prefix": "DESK", "endpoint_url": kms.url}
    other = make_account("research", "222233334444", being_set_up=True, **fields)
    assert "expected 222233334444, the credentials belong to 123456789012" in ask(other).problem
    assert other.being_set_up


def test_denied_regions_are_named(account: AwsAccount, kms: Sandbox) -> None:
    for region in ("us-west-2", "eu-west-1"):
        kms.fault("deny", operation="ListKeys", region=region)
    assert ask(account).missing == "kms:ListKeys is denied in eu-west-1 and us-west-2."
    assert not account.being_set_up


def test_a_region_that_is_not_enabled_is_told_as_that(account: AwsAccount) -> None:
    account.regions = ["us-east-1", "me-south-1"]
    assert ask(account).missing == "The account has not enabled me-south-1."


def test_a_region_that_does_not_answer_is_told(account: AwsAccount, kms: Sandbox) -> None:
    kms.fault("region-down", operation="ListKeys", region="eu-west-1")
    assert ask(account).missing == "No answer came from eu-west-1."


def test_a_missing_right_to_move_is_told(account: AwsAccount, kms: Sandbox) -> None:
    kms.fault("deny", operation="UpdatePrimaryRegion")
    assert ask(account).missing == "The role may not move primaries (kms:UpdatePrimaryRegion)."


def test_a_role_that_may_not_ask_is_unknown_and_not_denied(account: AwsAccount, kms: Sandbox) -> None:
    kms.fault("deny", operation="SimulatePrincipalPolicy")
    assert ask(account).missing == (
        "Whether it may move primaries it may not ask (iam:SimulatePrincipalPolicy)."
    )


def test_several_are_one_sentence(account: AwsAccount, kms: Sandbox) -> None:
    kms.fault("deny", operation="ListKeys", region="us-west-2")
    kms.fault("deny", operation="UpdatePrimaryRegion")
    assert ask(account).missing == (
        "kms:ListKeys is denied in us-west-2; the role may not move primaries (kms:UpdatePrimaryRegion)."
    )


def test_regions_that_cannot_be_told_are_a_lack_of_their_own(account: AwsAccount, kms: Sandbox) -> None:
    account.regions = []
    for operation in ("DescribeRegions", "ListRegions"):
        kms.fault("deny", operation=operation)
    assert ask(account).missing.startswith(
        "Which Regions the account has enabled cannot be read: ListRegions"
    )


def test_an_identity_without_credentials_is_told_without_its_files(
    account: AwsAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DESK_ACCESS_KEY_ID")
    problem = ask(account).problem
    assert "no valid credentials: its log says why" in problem
    assert "DESK" not in problem
    assert account.own_identity == ""
