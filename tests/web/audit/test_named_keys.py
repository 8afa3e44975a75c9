"""Every name of a key finds everything about it: its alias now or then, its id, its ARN in any Region."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from keyconsole.audit.events import Event
from keyconsole.audit.log import record
from keyconsole.audit.models import Entry
from keyconsole.inventory.models import MultiRegionKey, RegionKey
from keyconsole.web.audit.named_keys import KEYS_AT_MOST
from tests.cast import CARD_VAULT, GENOME, NOW, Cast, Inventory, Member, make_key
from tests.web.stories import ask, settling

pytestmark = [pytest.mark.django_db, pytest.mark.every_database]


def note(event: Event, subject: str, account: str, **data: Any) -> None:
    with transaction.atomic():
        record(event, actor="keyconsole", subject=subject, account_id=account, now=NOW, data=data)


@pytest.fixture
def told(cast: Cast, inventory: Inventory) -> None:
    """The record of two keys: one was called by another alias when it was first seen."""
    note(Event.KEY_FIRST_SEEN, CARD_VAULT, "111122223333", alias="alias/cards-of-2019")
    note(Event.KEY_FIRST_SEEN, GENOME, "222233334444", alias="alias/genome")
    settling(cast.ana, inventory.card_vault, now=timezone.now())
    ask(cast.ana, inventory.genome, at=timezone.now(), to_region="us-east-1")
    note(Event.KEY_REPLICA_GONE, CARD_VAULT, "111122223333", region="ap-southeast-2")


def numbers(client: Client, text: str, **more: str) -> list[int]:
    response = client.get("/audit/", {"q": text, **more})
    assert response.status_code == 200
    return [row.entry.number for day in response.context["days"] for row in day.rows]


@pytest.mark.parametrize(
    "name",
    [
        "card-vault",
        "alias/card-vault",
        "arn:aws:kms:eu-west-1:111122223333:alias/card-vault",
        "alias/cards-of-2019",
        f"arn:aws:kms:us-east-1:111122223333:key/{CARD_VAULT}",
        f"arn:aws:kms:sa-east-1:111122223333:key/{CARD_VAULT}",
        f"arn:aws-us-gov:kms:us-gov-west-1:111122223333:key/{CARD_VAULT}",
    ],
)
def test_each_name_finds_what_the_id_finds(told: None, as_cleo: Client, name: str) -> None:
    by_id = numbers(as_cleo, CARD_VAULT)
    assert len(by_id) >= 4
    assert numbers(as_cleo, name) == by_id


def test_an_alias_that_stands_in_one_region_alone_names_the_key(told: None, as_cleo: Client) -> None:
    RegionKey.objects.filter(key__key_id=CARD_VAULT, region="eu-west-1").update(
        aliases=["alias/card-vault", "alias/only-here"]
    )
    assert numbers(as_cleo, "only-here") == numbers(as_cleo, CARD_VAULT)


def test_the_export_holds_the_same(told: None, as_cleo: Client) -> None:
    shown = numbers(as_cleo, "card-vault")
    response = as_cleo.get("/audit/export.csv", {"q": "card-vault"})
    lines = b"".join(response.streaming_content).decode()  # type: ignore[attr-defined]
    assert [int(row["number"]) for row in csv.DictReader(io.StringIO(lines))] == sorted(shown)


def test_the_page_says_which_key_it_took_the_name_for(told: None, as_cleo: Client) -> None:
    count = len(numbers(as_cleo, CARD_VAULT))
    link = f'<a href="/keys/111122223333/{CARD_VAULT}/">card-vault</a>'
    for name in ("card-vault", CARD_VAULT, "alias/cards-of-2019", f"{CARD_VAULT[:8]}…{CARD_VAULT[-4:]}"):
        content = as_cleo.get("/audit/", {"q": name}).content.decode()
        assert f"{count} entries about {link}" in content, name
    assert "2 entries found" in as_cleo.get("/audit/", {"q": "evacuation"}).content.decode()


def test_a_word_that_names_no_key_finds_what_holds_it(told: None, as_cleo: Client) -> None:
    assert len(numbers(as_cleo, "Evacuation")) == 2
    assert numbers(as_cleo, "card-vaul") == numbers(as_cleo, "alias/card-vaul")


def test_who_reads_one_account_learns_nothing_of_another(told: None, cast: Cast, as_cleo: Client) -> None:
    cast.cleo.role_grants.update(account=cast.payments)
    assert numbers(as_cleo, "genome") == []
    assert " about " not in as_cleo.get("/audit/", {"q": "genome"}).content.decode().split("<h2")[1][:200]
    assert numbers(as_cleo, "card-vault") == numbers(as_cleo, CARD_VAULT)


def test_another_accounts_key_of_the_same_alias_is_left_out_where_the_account_is_named(
    told: None, cast: Cast, as_cleo: Client
) -> None:
    other = make_key(cast.research, "mrk-" + "e" * 32, Member("us-east-1"), alias="alias/card-vault")
    note(Event.KEY_FIRST_SEEN, other.key_id, "222233334444")
    both = numbers(as_cleo, "card-vault")
    assert set(numbers(as_cleo, "arn:aws:kms:us-east-1:222233334444:alias/card-vault")) < set(both)
    assert len(numbers(as_cleo, "card-vault", account="222233334444")) == 1


def test_the_search_stays_bounded_however_many_keys_are_called_so(
    told: None, cast: Cast, as_cleo: Client, django_assert_max_num_queries: Any
) -> None:
    for number in range(KEYS_AT_MOST + 5):
        make_key(cast.archive, f"mrk-{number:032x}", Member("us-east-1"), alias="alias/many")
    with django_assert_max_num_queries(23):
        response = as_cleo.get("/audit/", {"q": "many"})
    meant = response.context["meant"]
    assert (len(meant.things), meant.and_more) == (KEYS_AT_MOST, True)
    assert "Still more keys were called so, and are left out" in response.content.decode()


def test_a_change_is_found_by_what_its_key_was_called_when_it_was_asked_for(
    told: None, as_cleo: Client
) -> None:
    MultiRegionKey.objects.filter(key_id=CARD_VAULT).update(alias="alias/renamed")
    RegionKey.objects.filter(key__key_id=CARD_VAULT).update(aliases=["alias/renamed"])
    assert numbers(as_cleo, "alias/card-vault") == numbers(as_cleo, CARD_VAULT)


def test_what_holds_the_name_by_chance_is_found_as_a_word_and_not_as_the_key(
    told: None, as_cleo: Client
) -> None:
    note(Event.ACCOUNT_TESTED, "222233334444", "222233334444", problem="see card-vault in the wiki")
    by_chance = Entry.objects.latest("number").number
    assert by_chance not in numbers(as_cleo, "card-vault")
    assert by_chance in numbers(as_cleo, "card-vault", words="1")
    assert "words=1" in as_cleo.get("/audit/", {"q": "card-vault"}).content.decode()


def test_a_reference_is_a_whole_one(told: None, as_cleo: Client) -> None:
    note(Event.CHANGE_DONE, "CR-11", "111122223333", key_id=CARD_VAULT)
    note(Event.BATCH_ENDED, "BR-1", "111122223333", lines=["CR-1", "CR-12"])
    last = Entry.objects.latest("number").number
    assert {last - 1} & set(numbers(as_cleo, "CR-1")) == set()
    assert last in numbers(as_cleo, "cr-1")
    assert last in numbers(as_cleo, "BR-1")


def test_an_account_number_finds_all_of_the_account(told: None, as_cleo: Client) -> None:
    assert numbers(as_cleo, "222233334444") == numbers(as_cleo, "", account="222233334444")
    assert "about research" in as_cleo.get("/audit/", {"q": "222233334444"}).content.decode()
