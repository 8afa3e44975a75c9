"""Asking for many keys on the pages: ticked, all of a filter, or put back."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from keyconsole.changes.models import Batch, Change
from keyconsole.inventory.models import MultiRegionKey
from tests.cast import Cast, Inventory
from tests.changes.batches.given import ask_for, lines_of, make_keys, one_approver
from tests.form_client import FormClient

pytestmark = [pytest.mark.django_db, pytest.mark.every_database]
URL = "/keys/move/"


@pytest.fixture
def keys(cast: Cast) -> list[MultiRegionKey]:
    return make_keys(cast.payments, 3)


def named(*keys: MultiRegionKey) -> str:
    return " ".join(f"{key.account.account_id}/{key.key_id}" for key in keys)


def sent(client: Client, *keys: MultiRegionKey, **over: str) -> Any:
    typed = {
        "keys": named(*keys),
        "to_region": "eu-west-1",
        "reason": "Leaving us-east-1.",
        "ticket": "SEC-7",
        "on_failure": "carry-on",
        "typed": f"{len(keys)} keys",
        "token": "t" * 24,
        "ask": "1",
    }
    return client.post(URL, {**typed, **over})


def test_the_keys_page_has_a_box_for_each_key_that_one_may_move(as_ana: Client, inventory: Inventory) -> None:
    content = as_ana.get("/keys/").content.decode()
    assert f'form="move-keys" name="key" value="111122223333/{inventory.card_vault.key_id}"' in content
    assert 'action="/keys/move/"' in content


def test_who_may_not_ask_gets_no_boxes(as_cleo: Client, inventory: Inventory) -> None:
    assert "move-keys" not in as_cleo.get("/keys/").content.decode()


def test_ticked_keys_are_shown_and_a_region_is_chosen(as_ana: Client, inventory: Inventory) -> None:
    names = [f"111122223333/{inventory.card_vault.key_id}", f"222233334444/{inventory.genome.key_id}"]
    response = as_ana.get(URL, {"key": names})
    assert [key.name for key in response.context["chosen"].keys] == ["card-vault", "genome"]
    content = response.content.decode()
    assert 'name="to_region" value="us-east-1"' in content
    assert "Ask for it" not in content


def test_before_a_region_is_chosen_each_says_how_many_have_a_replica_there(
    as_ana: Client, inventory: Inventory, keys: list[MultiRegionKey]
) -> None:
    names = [named(key) for key in (*keys, inventory.ledger)]
    content = as_ana.get(URL, {"key": names}).content.decode()
    assert "eu-west-1 Ireland: 3 of 4 have a replica there, 1 is primary there already" in content
    assert "us-east-1 N. Virginia: 3 are primary there already" in content
    assert "eu-central-1 Frankfurt: 1 of 4 has a replica there" in content


def test_a_key_with_an_open_change_says_which_before_a_region_is_chosen(
    as_ana: Client, cast: Cast, keys: list[MultiRegionKey]
) -> None:
    ask_for(keys[:1], cast, now=timezone.now())
    content = " ".join(as_ana.get(URL, {"key": [named(key) for key in keys]}).content.decode().split())
    assert '<a href="/changes/CR-1/">CR-1</a> has to end first' in content
    assert content.count("has to end first") == 1


def test_the_count_stays_in_the_bar_at_every_step(as_ana: Client, keys: list[MultiRegionKey]) -> None:
    chosen = as_ana.get(URL, {"key": [named(key) for key in keys]}).content.decode()
    checked = as_ana.post(URL, {"keys": named(*keys), "to_region": "eu-west-1", "look": "1"}).content.decode()
    for content in (chosen, checked):
        assert "<strong>3 keys" in content.partition('class="count-bar"')[2]
    assert "to eu-west-1" in checked.partition('class="count-bar"')[2].partition("</strong>")[0]


def test_the_policy_and_who_is_asked_stand_above_the_button(
    as_ana: Client, keys: list[MultiRegionKey]
) -> None:
    one_approver()
    content = as_ana.post(URL, {"keys": named(*keys), "to_region": "eu-west-1", "look": "1"}).content.decode()
    told = content.index(
        "3 keys in payments, by payments version 1: 1 of the account&#x27;s approvers: bea, ben"
    )
    assert told < content.index('name="ask"')


def test_all_that_a_filter_shows_can_be_chosen(as_ana: Client, inventory: Inventory) -> None:
    response = as_ana.get(URL, {"all": "1", "account": "111122223333"})
    assert [key.name for key in response.context["chosen"].keys] == ["card-vault", "ledger"]


def test_a_filter_that_means_nothing_takes_no_key(as_ana: Client, inventory: Inventory) -> None:
    """The list names what is wrong and leaves it out; taking what it then shows would take every key."""
    for query in ({"account": "999"}, {"primary": "mars-1"}, {"state": "Sleeping"}, {"q": "x\x00"}):
        assert as_ana.get(URL, {"all": "1", **query}).context["chosen"].count == 0, query


def test_each_key_is_answered_and_one_may_go_on_without_those_refused(
    as_ana: Client, inventory: Inventory, keys: list[MultiRegionKey]
) -> None:
    look = {"keys": named(inventory.ledger, *keys), "to_region": "eu-west-1", "look": "1", "reason": "Mine."}
    content = as_ana.post(URL, look).content.decode()
    assert "1 of 4 keys cannot be moved there now" in content
    assert "eu-west-1 already is the primary. There is nothing to move." in content
    assert 'name="ask"' not in content
    del look["look"]
    response = as_ana.post(URL, {**look, "without": "1"})
    content = response.content.decode()
    assert [key.name for key in response.context["chosen"].keys] == ["card-00", "card-01", "card-02"]
    assert 'name="ask"' in content
    assert "Mine." in content
    assert not Batch.objects.exists()


def test_it_is_asked_for_with_the_count_typed(as_ana: Client, keys: list[MultiRegionKey]) -> None:
    response = sent(as_ana, *keys)
    assert response.headers["Location"] == "/batches/BR-1/"
    batch = Batch.objects.get()
    assert (batch.on_failure, batch.ticket, len(lines_of(batch))) == ("carry-on", "SEC-7", 3)


def test_sent_twice_it_asks_once(as_ana: Client, keys: list[MultiRegionKey]) -> None:
    sent(as_ana, *keys)
    assert sent(as_ana, *keys).headers["Location"] == "/batches/BR-1/"
    assert Change.objects.count() == 3


@pytest.mark.parametrize(
    ("over", "words"),
    [
        ({"typed": "4 keys"}, "This is not how many it is. Type 3 keys exactly."),
        ({"typed": ""}, "Type how many keys it is about to confirm."),
        ({"reason": ""}, "Say why the primaries should move."),
        ({"reason": "a\u202eb"}, "The reason holds control characters."),
        ({"reason": "x" * 5000}, "at most 2,000 are kept"),
        ({"token": "x"}, "This form is not one of ours."),
        ({"on_failure": "explode"}, "Choose one of the list."),
        ({"to_region": "us-nowhere-9"}, "None of these keys is in us-nowhere-9."),
    ],
)
def test_what_cannot_stand_is_told_and_nothing_typed_is_lost(
    as_ana: Client, keys: list[MultiRegionKey], over: dict[str, str], words: str
) -> None:
    response = sent(as_ana, *keys, **over)
    assert response.status_code == 200
    assert words in response.content.decode()
    assert not Change.objects.exists()
    if over.get("to_region") is None:
        assert "SEC-7" in response.content.decode()


def test_the_policy_that_changes_in_between_is_told_beside_each_key(
    as_ana: Client, cast: Cast, keys: list[MultiRegionKey]
) -> None:
    one_approver()
    content = as_ana.post(URL, {"keys": named(*keys), "to_region": "eu-west-1", "look": "1"}).content.decode()
    assert "Ask for approval of 3 keys" in content
    cast.ben.role_grants.all().delete()
    cast.bea.role_grants.all().delete()
    assert "Nobody could approve it" in sent(as_ana, *keys).content.decode()


def test_five_thousand_keys_get_a_clear_message(as_ana: Client) -> None:
    many = " ".join(f"111122223333/mrk-{number:032x}" for number in range(5_000))
    response = as_ana.post(URL, {"keys": many, "to_region": "eu-west-1", "ask": "1"})
    assert response.status_code == 200
    assert "You chose 5,000 keys; one request takes at most 500." in response.content.decode()


@pytest.mark.parametrize("name", ["", "x", "111122223333/", "/", "111122223333/mrk-%00", "é/ü", "a/b/c"])
def test_names_of_nothing_choose_nothing(as_ana: Client, inventory: Inventory, name: str) -> None:
    response = as_ana.get(f"{URL}?key={name}")
    assert response.status_code == 200
    assert "No keys chosen" in response.content.decode()


def test_keys_outside_ones_accounts_are_left_out(as_ana: Client, inventory: Inventory) -> None:
    response = as_ana.get(URL, {"key": [f"333344445555/{inventory.old_vault.key_id}"]})
    assert "No keys chosen" in response.content.decode()
    assert "old-vault" not in response.content.decode()


def test_put_back_is_prefilled_with_the_reverse_of_each_line(
    as_ana: Client, keys: list[MultiRegionKey]
) -> None:
    sent(as_ana, *keys)
    for line in lines_of(Batch.objects.get())[:2]:
        Change.objects.filter(pk=line.pk).update(state="done")
        line.key.region_keys.filter(region="us-east-1").update(role="REPLICA")
        line.key.region_keys.filter(region="eu-west-1").update(role="PRIMARY")
        MultiRegionKey.objects.filter(pk=line.key_id).update(primary_region="eu-west-1")
    Change.objects.filter(state="approved").update(state="cancelled")
    Batch.objects.update(ended_at=timezone.now())
    content = as_ana.get(URL, {"put_back": "BR-1"}).content.decode()
    assert "Put back what BR-1 moved." in content
    assert re.search(r'value="111122223333/mrk-0+ 111122223333/mrk-0+1"', content)
    response = sent(as_ana, *keys[:2], put_back="BR-1", to_region="", token="b" * 24)
    assert response.headers["Location"] == "/batches/BR-2/"
    back = Batch.objects.get(number=2)
    assert back.puts_back is not None
    assert {line.to_region for line in lines_of(back)} == {"us-east-1"}


def test_a_batch_that_is_not_there_cannot_be_put_back(as_ana: Client) -> None:
    assert as_ana.get(URL, {"put_back": "BR-9"}).status_code == 404


def test_guards_and_methods(as_ana: Client, as_dan: Client, anonymous: Client, cast: Cast) -> None:
    assert as_dan.get(URL).status_code == 403
    assert anonymous.post(URL).headers["Location"].startswith("/sign-in/")
    assert as_ana.put(URL).status_code == 405
    strict = FormClient(enforce_csrf_checks=True)
    strict.force_login(cast.ana)
    assert strict.post(URL).status_code == 403


def test_more_keys_cost_no_more_queries(
    as_ana: Client, cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    keys = make_keys(cast.payments, 40)
    for some in (keys[:3], keys):
        with django_assert_num_queries(25):
            as_ana.post(URL, {"keys": named(*some), "to_region": "eu-west-1", "look": "1"})
