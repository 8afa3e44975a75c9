"""An account's place in the organisation."""

from __future__ import annotations

import io

import pytest
from django.core.management import call_command

from keyconsole.aws_accounts.models import AwsAccount
from keyconsole.aws_accounts.page_choices import Origin
from keyconsole.aws_accounts.register import add_account, change_account
from keyconsole.refusals import Invalid
from tests.cast import NOW

TERMINAL = Origin.TERMINAL
pytestmark = pytest.mark.django_db


def test_it_is_a_path_of_names():
    account = add_account(
        "111122223333", name="payments", unit=" prod/Payments & Cards ", origin=TERMINAL, by="ada", now=NOW
    )
    assert account.unit == "prod/Payments & Cards"
    change_account(account, unit="prod/cards", origin=TERMINAL, by="ada", now=NOW)
    assert AwsAccount.objects.get().unit == "prod/cards"


@pytest.mark.parametrize("unit", ["/prod", "prod/", "prod//cards", "prod*", "a" * 201])
def test_another_shape_is_refused(unit):
    with pytest.raises(Invalid) as refused:
        add_account("111122223333", name="payments", unit=unit, origin=TERMINAL, by="ada", now=NOW)
    assert list(refused.value.problems) == ["unit"]


def test_the_command_takes_it():
    call_command(
        "add_account",
        "111122223333",
        "--name=payments",
        "--unit=prod/cards",
        "--no-test",
        stdout=io.StringIO(),
    )
    assert AwsAccount.objects.get().unit == "prod/cards"
