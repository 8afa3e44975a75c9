"""The keys page: its list, filters, order, pages, polls and export."""

from __future__ import annotations

import csv
import json
from io import StringIO

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from keyconsole.audit.models import Entry
from keyconsole.inventory.models import MultiRegionKey
from keyconsole.web.keys import export
from tests.cast import CARD_VAULT, GENOME, LEDGER, OLD_VAULT, Cast, Inventory, Member, make_key
from tests.conftest import HTMX
from tests.web.stories import ask

pytestmark = [pytest.mark.django_db, pytest.mark.every_database]


def names_in(client: Client, query: str = "") -> list[str]:
    response = client.get(f"/keys/{query}")
    assert response.status_code == 200
    return [row.key.name for row in response.context["rows"]]


def test_it_lists_the_keys_of_ones_accounts_with_a_column_for_each_region(
    as_ana: Client, inventory: Inventory
) -> None:
    response = as_ana.get("/keys/")
    assert [row.key.name for row in response.context["rows"]] == ["card-vault", "genome", "ledger"]
    assert [column.region for column in response.context["columns"]] == [
        "ap-southeast-2",
        "eu-central-1",
        "eu-west-1",
        "us-east-1",
        "us-west-2",
    ]
    assert [column.primaries for column in response.context["columns"]] == [0, 0, 1, 1, 1]


def test_somebody_elses_keys_are_nowhere_in_it(as_ana: Client, inventory: Inventory) -> None:
    content = as_ana.get("/keys/").content.decode()
    assert "old-vault" not in content
    assert OLD_VAULT not in content
    assert "archive" not in content
    assert "ca-central-1" not in content


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("?account=222233334444", ["genome"]),
        ("?primary=us-east-1", ["card-vault"]),
        ("?replica=us-east-1", ["genome"]),
        ("?state=Disabled", ["ledger"]),
        ("?q=vault", ["card-vault"]),
        ("?q=PAYMENTS+ledger", ["ledger"]),
        (f"?q={GENOME}", ["genome"]),
        ("?show=drift", ["genome"]),
        ("?show=unknown", ["genome"]),
        ("?show=change", []),
        ("?sort=-alias", ["ledger", "genome", "card-vault"]),
        ("?sort=primary", ["ledger", "card-vault", "genome"]),
        ("?account=333344445555", ["card-vault", "genome", "ledger"]),
    ],
)
def test_filters_and_order_stand_in_the_url(
    as_ana: Client, inventory: Inventory, query: str, names: list[str]
) -> None:
    assert names_in(as_ana, query) == names


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("?account=333344445555", "You have no AWS account “333344445555”."),
        ("?primary=us-nowhere-9", "No key of yours is in a Region “us-nowhere-9”."),
        ("?state=Sleeping", "There is no key state “Sleeping”."),
        ("?show=everything", "There is nothing called “everything” to show."),
        ("?sort=-password", "The list cannot be sorted by “-password”."),
        ("?q=" + "x" * 5000, "The text has 5,000 characters; at most 200 are searched for."),
        ("?q=a%00b", "holds control characters"),
        ("?primary=%00", "No key of yours is in a Region"),
    ],
)
def test_a_filter_that_means_nothing_is_named_and_ignored(
    as_ana: Client, inventory: Inventory, query: str, words: str
) -> None:
    response = as_ana.get(f"/keys/{query}")
    assert response.status_code == 200
    assert words in response.content.decode()
    assert len(response.context["rows"]) == 3


@pytest.mark.parametrize("page", ["0", "999", "abc", "-1", "%00", "9" * 400])
def test_a_page_that_is_not_there_gives_the_nearest(as_ana: Client, inventory: Inventory, page: str) -> None:
    assert names_in(as_ana, f"?page={page}") == ["card-vault", "genome", "ledger"]


def test_pages_hold_fifty_keys_and_keep_the_filter(as_ana: Client, cast: Cast) -> None:
    for number in range(51):
        make_key(cast.payments, f"mrk-{number:032x}", Member("us-east-1"), alias=f"alias/key-{number:02}")
    response = as_ana.get("/keys/?account=111122223333&page=2")
    assert [row.key.name for row in response.context["rows"]] == ["key-50"]
    assert "?account=111122223333&amp;page=1" in response.content.decode()


def test_hostile_text_is_shown_as_text(as_ana: Client, inventory: Inventory) -> None:
    content = as_ana.get("/keys/?q=%3Cscript%3Ealert(1)%3C/script%3E&state=%3Cb%3E").content.decode()
    assert "<script>alert" not in content
    assert "<b>" not in content
    assert "No key matches" in content


def test_an_empty_list_says_what_to_do_next(as_ana: Client) -> None:
    assert "Go to accounts" in as_ana.get("/keys/").content.decode()


def test_htmx_gets_only_the_list(as_ana: Client, inventory: Inventory) -> None:
    response = as_ana.get("/keys/", headers=HTMX)
    content = response.content.decode()
    assert content.strip().startswith('<section id="keys"')
    assert "<html" not in content
    assert "HX-Request" in response.headers["Vary"]
    assert "Cookie" in response.headers["Vary"]


def test_a_filter_sent_by_htmx_leaves_a_short_address(as_ana: Client, inventory: Inventory) -> None:
    response = as_ana.get("/keys/?q=vault&account=&state=&show=", headers=HTMX)
    assert response.headers["HX-Push-Url"] == "/keys/?q=vault"
    assert as_ana.get("/keys/?q=&state=", headers=HTMX).headers["HX-Push-Url"] == "/keys/"
    assert "HX-Push-Url" not in as_ana.get("/keys/?q=vault&seen=0", headers=HTMX).headers


def test_filtering_keeps_the_order(as_ana: Client, inventory: Inventory) -> None:
    assert 'name="sort" value="-seen"' in as_ana.get("/keys/?sort=-seen").content.decode()


def test_a_poll_of_the_same_list_gets_204_and_of_a_changed_one_the_list(
    as_ana: Client, inventory: Inventory, cast: Cast
) -> None:
    with time_machine.travel(timezone.now(), tick=False):
        version = as_ana.get("/keys/").context["version"]
        assert as_ana.get(f"/keys/?seen={version}", headers=HTMX).status_code == 204
    cast.payments.scans.create(asked_by="ana", asked_at=timezone.now())
    changed = as_ana.get(f"/keys/?seen={version}&q=vault", headers=HTMX)
    assert changed.status_code == 200
    content = changed.content.decode()
    assert content.count("seen=") == 1
    assert f"q=vault&amp;seen={changed.context['version']}" in content


def test_seen_in_a_typed_address_still_gives_the_page(as_ana: Client, inventory: Inventory) -> None:
    version = as_ana.get("/keys/").context["version"]
    assert as_ana.get(f"/keys/?seen={version}").status_code == 200


def test_the_number_of_queries_does_not_grow_with_the_keys(
    as_ana: Client,
    inventory: Inventory,
    cast: Cast,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    with django_assert_num_queries(QUERIES):
        as_ana.get("/keys/")
    for number in range(30):
        make_key(cast.payments, f"mrk-{number:032x}", Member("us-east-1"), Member("eu-west-1"))
    with django_assert_num_queries(QUERIES):
        as_ana.get("/keys/")


QUERIES = 25


def test_people_without_a_role_may_not_open_it(as_dan: Client, inventory: Inventory) -> None:
    assert as_dan.get("/keys/").status_code == 403


def test_signed_out_people_are_sent_to_sign_in(anonymous: Client) -> None:
    assert anonymous.get("/keys/").headers["Location"] == "/sign-in/?next=/keys/"


def test_it_takes_no_posts(as_ana: Client, inventory: Inventory) -> None:
    assert as_ana.post("/keys/").status_code == 405
    assert as_ana.post("/keys/export.csv").status_code == 405


def test_the_export_holds_every_region_key_of_the_filter(as_ana: Client, inventory: Inventory) -> None:
    response = as_ana.get("/keys/export.csv?account=111122223333")
    rows = list(csv.DictReader(StringIO(b"".join(response).decode())))
    assert [(row["key_id"], row["region"], row["role"]) for row in rows] == [
        (CARD_VAULT, "eu-west-1", "REPLICA"),
        (CARD_VAULT, "us-east-1", "PRIMARY"),
        (CARD_VAULT, "us-west-2", "REPLICA"),
        (LEDGER, "eu-central-1", "REPLICA"),
        (LEDGER, "eu-west-1", "PRIMARY"),
    ]


def test_the_export_has_one_row_a_key_where_that_is_asked_for(as_ana: Client, inventory: Inventory) -> None:
    rows = json.loads(b"".join(as_ana.get("/keys/export.json?rows=keys")))
    genome = next(row for row in rows if row["alias"] == "alias/genome")
    assert len(rows) == 3
    assert genome["arn"] == f"arn:aws:kms:us-west-2:222233334444:key/{GENOME}"
    assert genome["other_regions"] == "ap-southeast-2 us-east-1"
    assert (genome["unknown_regions"], genome["differs_in"]) == ("ap-southeast-2", "us-east-1")
    assert as_ana.get("/keys/export.csv?rows=pages").status_code == 404


def test_each_region_key_is_exported_with_its_own_arn(as_ana: Client, inventory: Inventory) -> None:
    rows = json.loads(b"".join(as_ana.get("/keys/export.json?q=ledger")))
    assert [row["arn"] for row in rows] == [
        f"arn:aws:kms:{region}:111122223333:key/{LEDGER}" for region in ("eu-central-1", "eu-west-1")
    ]


@pytest.mark.parametrize("kind", ["keys", "region-keys"])
def test_no_cell_of_an_export_is_a_formula(
    as_ana: Client, cast: Cast, inventory: Inventory, kind: str
) -> None:
    cast.payments.name = "=cmd|' /C calc'!A0"
    cast.payments.save()
    rows = list(csv.reader(StringIO(b"".join(as_ana.get(f"/keys/export.csv?rows={kind}")).decode())))
    assert any("'=cmd" in row[1] for row in rows)
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@"))]


@pytest.mark.parametrize("kind", ["keys", "region-keys"])
def test_an_export_is_read_a_part_at_a_time(cast: Cast, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "_CHUNK", 5)
    for number in range(20):
        make_key(cast.payments, f"mrk-{number:032x}", Member("us-east-1"))
    rows = export.ROWS[kind].of(MultiRegionKey.objects.order_by("pk"))
    with CaptureQueriesContext(connection) as first:
        next(rows)
    with CaptureQueriesContext(connection) as others:
        assert len(list(rows)) == 19
    assert len(first) <= 3
    assert len(others) >= 6


def test_keys_with_an_open_change_cannot_be_ticked_and_say_why(
    as_ana: Client, cast: Cast, inventory: Inventory
) -> None:
    change = ask(cast.ana, inventory.card_vault, at=timezone.now())
    content = as_ana.get("/keys/").content.decode()
    assert "Tick card-vault" not in content
    assert "Tick ledger" in content
    assert f"{change.ref} is open: card-vault cannot be ticked" in content


def test_nobody_who_may_not_ask_sees_anything_to_tick(as_cleo: Client, inventory: Inventory) -> None:
    content = as_cleo.get("/keys/").content.decode()
    assert 'type="checkbox" form=' not in content
    assert "Move the ticked keys" not in content
    assert 'class="tick"' not in content


def test_counts_say_what_they_count(as_ana: Client, inventory: Inventory) -> None:
    content = as_ana.get("/keys/?account=111122223333").content.decode()
    assert "2 multi-Region keys found" in content
    assert "5 Region keys" in content


def test_the_export_as_json_says_what_differs_and_what_is_unknown(
    as_ana: Client, inventory: Inventory
) -> None:
    rows = json.loads(b"".join(as_ana.get("/keys/export.json?show=drift")))
    assert [(row["region"], row["sight"], row["differs_in"]) for row in rows] == [
        ("ap-southeast-2", "denied", ""),
        ("us-east-1", "seen", "policy tags"),
        ("us-west-2", "seen", ""),
    ]


def test_the_export_is_recorded_with_its_filter(as_ana: Client, inventory: Inventory) -> None:
    as_ana.get("/keys/export.csv?primary=us-east-1")
    entry = Entry.objects.get(event="audit.exported")
    assert (entry.actor, entry.data["query"]) == ("ana", "primary=us-east-1")


def test_there_is_no_export_of_another_kind(as_ana: Client, inventory: Inventory) -> None:
    assert as_ana.get("/keys/export.xlsx").status_code == 404
