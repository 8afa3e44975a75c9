"""Saved views: a name for a filter, an order and columns; for oneself or for everybody."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from keyconsole.audit.models import Entry
from keyconsole.web.keys.saved import VIEWS_AT_MOST
from keyconsole.web.models import SavedView
from tests.cast import CARD_VAULT, Cast, Inventory

pytestmark = [pytest.mark.django_db, pytest.mark.every_database]
SAVE = "/views/save/"


def save(client: Client, name: str, query: str = "primary=us-east-1", to: str = "me") -> Any:
    return client.post(SAVE, {"name": name, "query": query, "for": to})


def tabs(client: Client, query: str = "") -> dict[str, bool]:
    return {tab.view.name: tab.is_current for tab in client.get(f"/keys/{query}").context["views"]}


def test_a_view_leads_to_its_filter_order_and_columns(as_ana: Client, inventory: Inventory) -> None:
    response = save(
        as_ana, "Ours in Virginia", "sort=-seen&primary=us-east-1&column=drift&column=account&page=7"
    )
    address = "/keys/?primary=us-east-1&sort=-seen&column=account&column=drift"
    assert response.headers["Location"] == address
    assert tabs(as_ana) == {"Ours in Virginia": False}
    assert tabs(as_ana, address.removeprefix("/keys/")) == {"Ours in Virginia": True}
    shown = as_ana.get(address)
    assert [row.key.name for row in shown.context["rows"]] == ["card-vault"]
    assert shown.context["shown"] == ("account", "drift")


def test_the_same_in_another_spelling_is_the_same_view(as_ana: Client, inventory: Inventory) -> None:
    save(as_ana, "Virginia")
    assert tabs(as_ana, "?state=&sort=alias&q=&primary=us-east-1") == {"Virginia": True}


def test_ones_own_is_nobody_elses(
    as_ana: Client, as_ben: Client, as_ada: Client, inventory: Inventory
) -> None:
    save(as_ana, "Mine")
    [view] = SavedView.objects.all()
    for client in (as_ben, as_ada):
        assert tabs(client) == {}
        assert client.post(f"/views/{view.pk}/rename/", {"name": "Theirs"}).status_code == 404
        assert client.post(f"/views/{view.pk}/delete/").status_code == 404
    assert "Mine" in as_ana.get("/views/").content.decode()
    assert not Entry.objects.filter(event__startswith="view.").exists()


def test_it_is_renamed_and_deleted_by_its_owner(as_ana: Client, inventory: Inventory) -> None:
    save(as_ana, "Mine")
    [view] = SavedView.objects.all()
    as_ana.post(f"/views/{view.pk}/rename/", {"name": "  Better \n name "})
    assert tabs(as_ana) == {"Better name": False}
    as_ana.post(f"/views/{view.pk}/delete/")
    assert tabs(as_ana) == {}
    assert as_ana.post(f"/views/{view.pk}/delete/").status_code == 404


def test_only_administrators_of_all_accounts_save_for_everybody(
    as_ana: Client, as_ada: Client, as_ben: Client, inventory: Inventory
) -> None:
    assert "everybody who sees keys" not in as_ana.get(f"{SAVE}?primary=us-east-1").content.decode()
    refused = save(as_ana, "Everybody's", to="all")
    assert "Only administrators of every account save views for all." in refused.content.decode()
    save(as_ada, "Virginia", to="all")
    assert tabs(as_ben) == tabs(as_ana) == {"Virginia": False}
    [view] = SavedView.objects.all()
    assert as_ana.post(f"/views/{view.pk}/delete/").status_code == 404


def test_what_is_for_everybody_is_recorded(as_ada: Client, inventory: Inventory) -> None:
    save(as_ada, "Virginia", to="all")
    [view] = SavedView.objects.all()
    as_ada.post(f"/views/{view.pk}/rename/", {"name": "East"})
    as_ada.post(f"/views/{view.pk}/delete/")
    found = Entry.objects.filter(event__startswith="view.").order_by("number")
    # How the person was proved stands beside it.
    facts = [{k: v for k, v in entry.data.items() if not k.startswith("proof")} for entry in found]
    told = [(entry.event, entry.actor, entry.subject) for entry in found]
    assert [(*named, data) for named, data in zip(told, facts, strict=True)] == [
        ("view.saved", "ada", "Virginia", {"query": "primary=us-east-1"}),
        ("view.renamed", "ada", "East", {"before": "Virginia"}),
        ("view.deleted", "ada", "East", {"query": "primary=us-east-1"}),
    ]


@pytest.mark.parametrize("query", ["account=333344445555", "primary=ca-central-1", "replica=ca-central-1"])
def test_a_view_of_what_somebody_does_not_see_is_not_there_for_them(
    as_ada: Client, as_ana: Client, as_cleo: Client, inventory: Inventory, query: str
) -> None:
    save(as_ada, "Old", query, to="all")
    assert tabs(as_ana) == {}
    assert "Old" not in as_ana.get("/views/").content.decode()
    assert tabs(as_cleo) == {"Old": False}


def test_a_view_whose_account_was_removed_says_so_to_its_owner_and_finds_nothing_by_itself(
    as_ada: Client, as_ben: Client, cast: Cast, inventory: Inventory
) -> None:
    save(as_ada, "Old", "account=333344445555")
    save(as_ada, "Old for all", "account=333344445555", to="all")
    inventory.old_vault.delete()
    cast.archive.delete()
    content = as_ada.get("/views/").content.decode()
    assert content.count("You have no AWS account “333344445555”.") == 2
    assert "You have no AWS account" in as_ada.get("/keys/?account=333344445555").content.decode()
    assert tabs(as_ben) == {}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (CARD_VAULT, "not by the name of one key"),
        ("alias/old-vault", "not by the name of one key"),
        ("3333-4444-5555", "the number of an account"),
    ],
)
def test_a_view_for_all_names_no_key_and_no_account(
    as_ada: Client, inventory: Inventory, text: str, says: str
) -> None:
    assert says in save(as_ada, "One key", f"q={text}", to="all").content.decode()
    assert not SavedView.objects.exists()


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("", "Give the view a name."),
        ("  ", "Give the view a name."),
        ("x" * 41, "at most 40 are kept"),
        ("a\x00b", "control characters"),
        ("a\u202eb", "control characters"),
        ("Virginia", "There is a view called “Virginia” already."),
    ],
)
def test_a_name_that_cannot_be_is_refused_and_what_was_typed_stays(
    as_ana: Client, inventory: Inventory, name: str, says: str
) -> None:
    save(as_ana, "Virginia")
    content = save(as_ana, name, "state=Disabled").content.decode()
    assert says in content
    assert 'name="query" value="state=Disabled"' in content
    assert SavedView.objects.count() == 1


def test_a_hostile_name_is_shown_as_text(as_ana: Client, inventory: Inventory) -> None:
    save(as_ana, "<script>alert(1)</script>")
    for url in ("/keys/", "/views/", "/keys/?primary=us-east-1"):
        assert "<script>alert" not in as_ana.get(url).content.decode()


def test_a_filter_of_nonsense_is_not_saved(as_ana: Client, inventory: Inventory) -> None:
    assert "You have no AWS account" in save(as_ana, "Nonsense", "account=333344445555").content.decode()
    assert not SavedView.objects.exists()


def test_there_is_an_end_to_how_many(as_ana: Client, cast: Cast, inventory: Inventory) -> None:
    SavedView.objects.bulk_create(
        SavedView(owner=cast.ana, name=f"v{number}", query="", saved_at=timezone.now())
        for number in range(VIEWS_AT_MOST)
    )
    assert "Delete one first" in save(as_ana, "One more").content.decode()


def test_nobody_without_a_role_has_views(as_dan: Client) -> None:
    assert as_dan.get("/views/").status_code == 403
    assert save(as_dan, "Mine").status_code == 403
