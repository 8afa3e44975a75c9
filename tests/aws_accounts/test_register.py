"""Adding and changing an account: stored with its event, or refused with nothing stored."""

from __future__ import annotations

import pytest
from django.db import IntegrityError

from keyconsole.audit.models import Entry
from keyconsole.aws_accounts import register
from keyconsole.aws_accounts.models import AwsAccount
from keyconsole.aws_accounts.page_choices import Origin
from keyconsole.aws_accounts.register import Invalid, add_account, change_account
from keyconsole.kms.sessions import Source
from tests.cast import NOW

TERMINAL = Origin.TERMINAL
pytestmark = pytest.mark.django_db
ROLE = "arn:aws:iam::111122223333:role/KeyConsole"


@pytest.fixture
def payments() -> AwsAccount:
    return add_account(
        "111122223333",
        name="payments",
        role_arn=ROLE,
        external_id="ext-1",
        regions=["us-east-1"],
        origin=TERMINAL,
        by="ada",
        now=NOW,
    )


def test_an_account_is_stored_with_who_added_it(payments: AwsAccount) -> None:
    stored = AwsAccount.objects.get(account_id="111122223333")
    assert (stored.name, stored.role_arn, stored.partition, stored.added_at) == ("payments", ROLE, "aws", NOW)
    entry = Entry.objects.get()
    assert (entry.event, entry.actor, entry.subject) == ("account.added", "ada", "111122223333")
    assert entry.data["role_arn"] == ROLE


def test_the_record_never_holds_the_external_id(payments: AwsAccount) -> None:
    change_account(payments, external_id="ext-2", origin=TERMINAL, by="ada", now=NOW)
    told = [str(entry.data) for entry in Entry.objects.all()]
    assert len(told) == 2
    assert not any("ext-" in text for text in told)


def test_the_way_in_is_what_was_entered(payments: AwsAccount) -> None:
    credential_source = AwsAccount.objects.get().credential_source
    assert (credential_source.source, credential_source.role_arn, credential_source.external_id) == (
        Source.DEFAULT,
        ROLE,
        "ext-1",
    )
    assert credential_source.region_hint == "us-east-1"


@pytest.mark.parametrize(
    ("account_id", "name", "field"),
    [
        ("111122223333", "other", "account_id"),
        ("222233334444", "Payments", "name"),
        ("1", "other", "account_id"),
    ],
)
def test_a_second_one_with_the_same_number_or_name_is_refused(
    payments: AwsAccount, account_id: str, name: str, field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        add_account(account_id, name=name, origin=TERMINAL, by="ada", now=NOW)
    assert set(refused.value.problems) == {field}
    assert (AwsAccount.objects.count(), Entry.objects.count()) == (1, 1)


def test_every_problem_is_told_at_once() -> None:
    with pytest.raises(Invalid) as refused:
        add_account(
            "x", name="", regions=["nowhere-1"], endpoint_url="nothing", origin=TERMINAL, by="ada", now=NOW
        )
    assert set(refused.value.problems) == {"account_id", "name", "regions", "endpoint_url"}
    assert not AwsAccount.objects.exists()


def test_two_who_add_it_at_the_same_moment_get_one_account_and_one_sentence(
    payments: AwsAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, asked = register._refuse_problems, []

    def blind_at_first(*arguments: object, **more: object) -> None:
        asked.append(1)
        if len(asked) > 1:
            real(*arguments, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(register, "_refuse_problems", blind_at_first)
    with pytest.raises(Invalid, match="already here"):
        add_account("111122223333", name="other", origin=TERMINAL, by="ada", now=NOW)


def test_without_its_record_nothing_is_stored(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise IntegrityError("the audit store is full")

    monkeypatch.setattr("keyconsole.audit.log.record", broken)
    with pytest.raises(IntegrityError):
        add_account("111122223333", name="payments", origin=TERMINAL, by="ada", now=NOW)
    assert not AwsAccount.objects.exists()


def test_a_change_keeps_what_is_not_named_and_records_what_is(payments: AwsAccount) -> None:
    payments.tested_at = NOW
    payments.save()
    change_account(payments, name="cards", regions=["eu-west-1"], origin=TERMINAL, by="ada", now=NOW)
    stored = AwsAccount.objects.get()
    assert (stored.name, stored.regions, stored.role_arn, stored.external_id) == (
        "cards",
        ["eu-west-1"],
        ROLE,
        "ext-1",
    )
    assert stored.tested_at is None
    assert Entry.objects.get(event="account.changed").data == {
        "name": {"from": "payments", "to": "cards"},
        "regions": {"from": ["us-east-1"], "to": ["eu-west-1"]},
    }


def test_a_change_that_changes_nothing_is_not_recorded(payments: AwsAccount) -> None:
    change_account(payments, name="payments", role_arn=ROLE, origin=TERMINAL, by="ada", now=NOW)
    assert Entry.objects.count() == 1


def test_a_change_is_held_to_the_same_rules(payments: AwsAccount) -> None:
    with pytest.raises(Invalid) as refused:
        change_account(
            payments, role_arn="arn:aws:iam::222233334444:role/X", origin=TERMINAL, by="ada", now=NOW
        )
    assert set(refused.value.problems) == {"role_arn"}
    assert AwsAccount.objects.get().role_arn == ROLE
