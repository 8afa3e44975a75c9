"""Where accounts stand in their organisation is read from AWS by a scan of an account that may ask."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from pytest_django import Settings

from keyconsole.audit.models import Entry
from keyconsole.aws_accounts.models import AwsAccount
from keyconsole.inventory.models import ScanState
from keyconsole.policies.governing.resolve import governing_for
from keyconsole.sandbox.server import Sandbox
from tests.cast import CARD_VAULT, Member, hold, make_key
from tests.inventory.conftest import scan_now
from tests.outside import Outside
from tests.policies.documents import rules

PAYMENTS, RESEARCH = "111122223333", "222233334444"


class Desk:
    """The organisation of payments, by the hands of somebody at AWS."""

    def __init__(self, outside: Outside) -> None:
        self.client = outside.client(PAYMENTS, "us-east-1", service="organizations")
        self.client.create_organization(FeatureSet="ALL")
        self.root = self.client.list_roots()["Roots"][0]["Id"]

    def unit(self, name: str, *, below: str = "") -> str:
        made = self.client.create_organizational_unit(Name=name, ParentId=below or self.root)
        return str(made["OrganizationalUnit"]["Id"])

    def put(self, account_id: str, unit: str) -> None:
        [parent] = self.client.list_parents(ChildId=account_id)["Parents"]
        self.client.move_account(AccountId=account_id, SourceParentId=parent["Id"], DestinationParentId=unit)


@pytest.fixture
def desk(kms: Sandbox, settings: Settings) -> Any:
    settings.KEYCONSOLE_ORGANIZATION_ACCOUNTS = [PAYMENTS]
    with Outside(kms.url) as outside:
        yield Desk(outside)


def again(account: AwsAccount) -> AwsAccount:
    return AwsAccount.objects.get(pk=account.pk)


def unit_events() -> list[dict[str, str]]:
    return [entry.data for entry in Entry.objects.filter(event="account.unit_read").order_by("pk")]


def test_the_path_of_units_is_read_and_recorded_once(payments: AwsAccount, desk: Desk) -> None:
    desk.put(PAYMENTS, desk.unit("payments", below=desk.unit("prod")))
    assert payments.known_unit is None
    assert scan_now(payments).state == ScanState.FINISHED
    assert again(payments).known_unit == "prod/payments"
    scan_now(payments)
    assert unit_events() == [{"from": "unknown", "to": "prod/payments", "read_in": PAYMENTS}]


def test_an_account_at_the_root_is_in_no_unit_which_is_not_unknown(payments: AwsAccount, desk: Desk) -> None:
    scan_now(payments)
    assert again(payments).known_unit == ""
    assert unit_events() == [{"from": "unknown", "to": "in no unit", "read_in": PAYMENTS}]


def test_an_account_that_moves_at_aws_is_seen_to(payments: AwsAccount, desk: Desk) -> None:
    desk.put(PAYMENTS, desk.unit("prod"))
    scan_now(payments)
    desk.put(PAYMENTS, desk.unit("labs"))
    scan_now(payments)
    assert again(payments).known_unit == "labs"
    assert [(each["from"], each["to"]) for each in unit_events()] == [("unknown", "prod"), ("prod", "labs")]


def test_an_account_outside_of_the_organisation_stays_unknown(
    payments: AwsAccount, research: AwsAccount, desk: Desk
) -> None:
    scan_now(payments)
    assert again(research).known_unit is None


def test_an_account_that_left_the_organisation_is_unknown_again(
    payments: AwsAccount, research: AwsAccount, desk: Desk
) -> None:
    scan_now(payments)
    AwsAccount.objects.filter(pk=research.pk).update(
        unit="prod", unit_read_at=timezone.now(), unit_read_by=PAYMENTS
    )
    scan_now(payments)
    assert again(research).known_unit is None
    assert unit_events()[-1] == {"from": "prod", "to": "unknown", "read_in": PAYMENTS}


def test_a_unit_whose_name_holds_a_slash_stands_in_no_other(payments: AwsAccount, desk: Desk) -> None:
    desk.put(PAYMENTS, desk.unit("prod/payments"))
    scan_now(payments)
    assert again(payments).known_unit == "prod%2Fpayments"


@pytest.mark.parametrize(
    "operation", ["ListRoots", "ListAccountsForParent", "ListOrganizationalUnitsForParent"]
)
def test_a_part_that_cannot_be_read_makes_nothing_known_and_forgets_nothing(
    payments: AwsAccount, desk: Desk, kms: Sandbox, operation: str
) -> None:
    desk.put(PAYMENTS, desk.unit("prod"))
    kms.fault("deny", operation=operation)
    scan = scan_now(payments)
    assert (scan.state, scan.problem) == (ScanState.FINISHED, "")
    assert again(payments).known_unit is None
    assert operation in again(payments).organization_problem
    kms.clear_faults()
    scan_now(payments)
    assert (again(payments).known_unit, again(payments).organization_problem) == ("prod", "")
    kms.fault("deny", operation=operation)
    scan_now(payments)
    assert again(payments).known_unit == "prod"
    assert operation in again(payments).organization_problem


def test_an_account_that_the_operator_did_not_choose_asks_nothing(
    payments: AwsAccount, kms: Sandbox, settings: Settings
) -> None:
    settings.KEYCONSOLE_ORGANIZATION_ACCOUNTS = [RESEARCH]
    scan_now(payments)
    assert "ListRoots" not in kms.calls()["by_operation"]


def test_nobody_types_a_unit(payments: AwsAccount) -> None:
    with pytest.raises(CommandError, match="--unit"):
        call_command("change_account", PAYMENTS, "--unit", "labs", "--no-test")


def test_a_unit_that_was_typed_before_is_unknown(payments: AwsAccount) -> None:
    payments.unit = "labs"
    payments.save()
    assert payments.known_unit is None


def test_a_policy_by_unit_holds_what_may_be_in_it_until_that_was_read(
    payments: AwsAccount, desk: Desk
) -> None:
    key = make_key(payments, CARD_VAULT, Member("us-east-1"), Member("eu-west-1"), alias="alias/card-vault")
    hold(rules(name="production", applies_to={"units": ["prod"]}))
    hold(rules(name="everything"))
    found = governing_for(key, to_region="eu-west-1")
    assert found.rules.name == "everything"
    assert found.doubt.startswith(
        f"Where the account {PAYMENTS} stands in its organisation was never read, so nobody can tell whether "
        "production governs its keys."
    )
    desk.put(PAYMENTS, desk.unit("payments", below=desk.unit("prod")))
    scan_now(payments)
    key.account.refresh_from_db()
    found = governing_for(key, to_region="eu-west-1")
    assert (found.rules.name, found.doubt) == ("production", "")
