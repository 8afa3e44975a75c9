"""Renaming an account changes nothing about who has to agree: policies select by number."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from keyconsole.changes.authorization import may_request
from keyconsole.policies.document.rules import Document, document_sha256
from keyconsole.policies.governing.resolve import governing_for
from keyconsole.policies.models import Policy, PolicyVersion
from keyconsole.policies.versions.activate import refuse_beside_unread
from keyconsole.refusals import Refused
from tests.cast import NOW, Cast, Inventory, make_cast
from tests.conftest import client_of
from tests.policies.documents import rules

pytestmark = pytest.mark.django_db
EDIT = "/accounts/111122223333/edit/"
ROLE = "arn:aws:iam::111122223333:role/KeyConsole"


@pytest.fixture
def cast(db: None) -> Cast:
    """Where no other policy governs, a requester moves keys alone."""
    people = make_cast()
    people.payments.role_arn = ROLE
    people.payments.save()
    return people


def store(document: Document, *, sha256: str = "") -> PolicyVersion:
    """As an earlier release stored it."""
    policy, _ = Policy.objects.get_or_create(name=document["name"])
    return PolicyVersion.objects.create(
        policy=policy,
        number=policy.versions.count() + 1,
        document=document,
        sha256=sha256 or document_sha256(document["name"], document),
        state="active",
        why="Before names ceased to count",
        proposed_at=NOW,
    )


def old(*accounts: str) -> Document:
    document = rules(name="cards").as_json()
    document["applies_to"]["accounts"] = list(accounts)
    return document


def upgrade() -> None:
    import_module("keyconsole.policies.migrations.0002_account_numbers").keep_what_names_mean(apps, None)


def rename(how: str, cast: Cast) -> None:
    if how == "page":
        filled: dict[str, Any] = {
            "name": "cards-of-nobody",
            "regions": "",
            "role_arn": ROLE,
            "session_name": "",
        }
        assert client_of(cast.ada).post(EDIT, filled).status_code == 302
    else:
        call_command("change_account", "payments", "--name", "cards-of-nobody", "--no-test")
    cast.payments.refresh_from_db()
    assert cast.payments.name == "cards-of-nobody"


@pytest.mark.parametrize("how", ["page", "terminal"])
def test_a_policy_that_named_the_account_still_governs_it(how: str, cast: Cast, inventory: Inventory) -> None:
    stored = store(old("payments"))
    upgrade()
    rename(how, cast)
    inventory.card_vault.account.refresh_from_db()
    found = governing_for(inventory.card_vault, to_region="eu-west-1")
    assert (found.rules.name, found.unread, found.doubt) == ("cards", "", "")
    assert governing_for(inventory.genome, to_region="us-east-1").rules.name == "alone"
    again = PolicyVersion.objects.get(pk=stored.pk)
    assert (again.document, again.sha256) == (old("payments"), stored.sha256)


def test_whoever_takes_the_name_over_is_not_governed_by_it(cast: Cast, inventory: Inventory) -> None:
    store(old("payments"))
    upgrade()
    rename("terminal", cast)
    call_command("change_account", "research", "--name", "payments", "--no-test")
    inventory.genome.account.refresh_from_db()
    assert governing_for(inventory.genome, to_region="us-east-1").rules.name == "alone"
    assert governing_for(inventory.card_vault, to_region="eu-west-1").rules.name == "cards"


def test_a_name_that_was_the_number_of_another_account_meant_both(cast: Cast, inventory: Inventory) -> None:
    cast.research.name = "111122223333"
    cast.research.save()
    store(old("111122223333"))
    upgrade()
    inventory.genome.account.refresh_from_db()
    for key, to_region in ((inventory.card_vault, "eu-west-1"), (inventory.genome, "us-east-1")):
        assert governing_for(key, to_region=to_region).rules.name == "cards"


@pytest.mark.parametrize("accounts", [("paymnts",), ("paymnts", "222233334444")])
def test_a_name_that_meant_no_account_could_mean_any(
    accounts: tuple[str, ...], cast: Cast, inventory: Inventory
) -> None:
    """An account was renamed before the upgrade: nobody can tell any more which one."""
    store(old(*accounts))
    upgrade()
    verdict = may_request(cast.ana, inventory.card_vault, to_region="eu-west-1", now=timezone.now())
    assert not verdict.allowed
    assert "does not understand the account name 'paymnts'" in str(verdict.reasons)
    with pytest.raises(Refused, match="'paymnts'"):
        refuse_beside_unread()


def test_the_way_out_is_a_version_that_names_the_number(
    cast: Cast, inventory: Inventory, tmp_path: Any
) -> None:
    store(old("paymnts"))
    upgrade()
    file = tmp_path / "cards.json"
    file.write_text(
        '{"name": "cards", "rule": "approve", "requirements": [{"at_least": 1}],'
        ' "applies_to": {"accounts": ["111122223333"]}}'
    )
    call_command("policy", "apply", str(file), "--why", "The number it meant", "--confirm", "cards")
    found = governing_for(inventory.card_vault, to_region="eu-west-1")
    assert (found.rules.name, found.unread) == ("cards", "")


def test_the_page_of_an_old_version_shows_the_number_that_it_means(cast: Cast) -> None:
    store(old("payments"))
    upgrade()
    content = client_of(cast.ada).get("/policies/cards/").content.decode()
    assert "account 111122223333" in content


def test_a_new_document_with_a_name_is_told_the_number(cast: Cast, client: Client) -> None:
    sent = {"as": "json", "why": "Cards", "step": "preview"}
    document = '{"name": "new-one", "rule": "confirm", "applies_to": {"accounts": ["payments"]}}'
    content = client_of(cast.ada).post("/policies/new/", {**sent, "document": document}).content.decode()
    assert "payments is 111122223333." in content


def test_a_number_that_a_person_may_not_see_is_not_told(cast: Cast) -> None:
    sent = {"as": "json", "why": "Cards", "step": "preview"}
    document = '{"name": "new-one", "rule": "confirm", "applies_to": {"accounts": ["archive"]}}'
    content = client_of(cast.ben).post("/policies/new/", {**sent, "document": document}).content.decode()
    assert "333344445555" not in content
    assert "&#x27;archive&#x27; is no account number" in content
