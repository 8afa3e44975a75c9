"""The first page of an empty server: account, person, policy; each says whether it is done."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from keyconsole.aws_accounts.models import AwsAccount, RoleGrant
from keyconsole.aws_accounts.roles import Role
from keyconsole.policies.document.rules import DEFAULT
from keyconsole.policies.models import PolicyVersion
from keyconsole.web.overview.first_steps import FirstSteps
from tests.cast import Cast, Inventory, hold, make_account, make_person
from tests.conftest import client_of
from tests.web.proposals import PAYMENTS, proposed, staffed

pytestmark = pytest.mark.django_db


@pytest.fixture
def root(db: None) -> Client:
    """Alone on a server that has just been installed."""
    return client_of(make_person("root", Role.ADMINISTRATOR))


def steps_of(client: Client) -> FirstSteps:
    found: FirstSteps = client.get("/").context["first_steps"]
    return found


def no_policy() -> None:
    PolicyVersion.objects.filter(state="active").update(state="superseded")


def done(client: Client) -> list[bool]:
    return [step.done for step in steps_of(client).steps]


def test_an_empty_server_shows_three_steps_and_begins_with_the_account(root: Client) -> None:
    content = root.get("/").content.decode()
    assert done(root) == [False, False, False]
    assert "0 of 3 done" in content
    for address in ("/accounts/add/", "/invite/", "/policies/new/"):
        assert f'href="{address}"' in content
    assert content.count('class="button primary"') == 1
    assert "You may see no AWS account yet" not in content


def test_an_account_that_waits_for_its_role_is_gone_on_with(root: Client) -> None:
    make_account("payments", "111122223333", being_set_up=True)
    step = steps_of(root).steps[0]
    assert (step.done, step.says, step.url) == (
        False,
        "payments waits for its role.",
        "/accounts/111122223333/",
    )
    AwsAccount.objects.update(being_set_up=False)
    assert "no multi-Region key was seen yet" in steps_of(root).steps[0].says


def test_each_step_is_done_by_what_is_there(root: Client, cast: Cast, inventory: Inventory) -> None:
    no_policy()
    RoleGrant.objects.filter(role="approver").delete()
    assert done(root) == [True, False, False]
    cast.ben.role_grants.create(role="approver", granted_by="ada", granted_at=timezone.now())
    assert done(root) == [True, True, False]
    hold(PAYMENTS)
    assert steps_of(root) == FirstSteps()
    assert "First steps" not in root.get("/").content.decode()


def test_an_approver_who_is_oneself_or_was_disabled_is_no_second_person(
    root: Client, cast: Cast, inventory: Inventory
) -> None:
    RoleGrant.objects.filter(role="approver").exclude(person=cast.ben).delete()
    cast.ben.is_active = False
    cast.ben.save()
    assert done(root)[1] is False


def test_a_proposed_policy_is_not_done_and_led_to(as_ada: Client, cast: Cast, inventory: Inventory) -> None:
    no_policy()
    staffed(cast)
    proposed(cast, PAYMENTS)
    step = steps_of(as_ada).steps[2]
    assert (step.done, step.url) == (False, "/policies/payments/")


def test_the_others_read_who_is_at_work(as_ana: Client, cast: Cast) -> None:
    no_policy()
    content = as_ana.get("/").content.decode()
    assert "ada sets KeyConsole up: 1 of 3 steps is done." in content
    assert "First steps" not in content


def test_an_administrator_of_one_account_reads_it_as_well(client_as: Any, cast: Cast) -> None:
    cast.ada.role_grants.update(account=cast.payments)
    client = client_as("ada")
    assert not steps_of(client).steps
    assert "Nobody administers KeyConsole yet" in client.get("/").content.decode()


def test_whoever_may_see_nothing_is_told_nothing_of_it(as_dan: Client, cast: Cast) -> None:
    assert steps_of(as_dan) == FirstSteps()
    assert "steps" not in as_dan.get("/").content.decode()


def test_a_policy_of_ones_own_that_says_the_default_counts(root: Client, cast: Cast) -> None:
    hold(replace(DEFAULT, name="ours"))
    assert done(root)[2] is True
