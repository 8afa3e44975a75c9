"""The first page."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from keyconsole.changes.models import Change
from keyconsole.changes.requests.request import request_move
from keyconsole.inventory.models import ScanState
from tests.cast import Cast, Inventory, Member, make_key
from tests.conftest import HTMX

pytestmark = [pytest.mark.django_db, pytest.mark.every_database]
QUERIES = 33


def ask(inventory: Inventory, cast: Cast) -> Change:
    return request_move(
        inventory.card_vault,
        to_region="eu-west-1",
        by=cast.ana,
        reason="Closer.",
        token="t" * 32,
        now=timezone.now(),
    )


def scanned(cast: Cast, *, hours_ago: int) -> None:
    at = timezone.now() - timedelta(hours=hours_ago)
    for account in (cast.payments, cast.research):
        account.scans.create(
            asked_by="keyconsole", asked_at=at, finished_at=at, state=ScanState.FINISHED.value
        )


def test_it_counts_the_primaries_and_replicas_of_each_region(as_ana: Client, inventory: Inventory) -> None:
    regions = as_ana.get("/").context["overview"].world.regions
    assert [(one.region, one.primaries, one.replicas) for one in regions] == [
        ("eu-west-1", 1, 1),
        ("us-east-1", 1, 1),
        ("us-west-2", 1, 1),
        ("ap-southeast-2", 0, 1),
        ("eu-central-1", 0, 1),
    ]


def test_it_names_drift_and_unknown_regions_with_a_way_to_all_of_them(
    as_ana: Client, inventory: Inventory
) -> None:
    response = as_ana.get("/")
    content = response.content.decode()
    assert [drift.key.name for drift in response.context["overview"].drifts] == ["genome"]
    assert "us-east-1: policy, tags" in content
    assert response.context["overview"].unknown == 1
    assert "/keys/?show=drift" in content
    assert "/keys/?show=unknown" in content


def test_tags_in_another_order_are_no_drift(as_ana: Client, cast: Cast) -> None:
    key = make_key(
        cast.payments, "mrk-" + "a" * 32, Member("us-east-1"), Member("us-west-2"), alias="alias/same"
    )
    key.region_keys.filter(region="us-east-1").update(tags={"a": "1", "b": "2"})
    key.region_keys.filter(region="us-west-2").update(tags={"b": "2", "a": "1"})
    assert as_ana.get("/").context["overview"].drifts == []


def test_what_was_never_read_is_no_drift(as_ana: Client, inventory: Inventory) -> None:
    inventory.genome.region_keys.update(details_at=None)
    assert as_ana.get("/").context["overview"].drifts == []


def test_accounts_without_a_good_scan_for_too_long_are_stale(
    as_ana: Client, inventory: Inventory, cast: Cast
) -> None:
    scanned(cast, hours_ago=5)
    cast.payments.scans.create(
        asked_by="keyconsole",
        asked_at=timezone.now(),
        finished_at=timezone.now(),
        state=ScanState.FAILED.value,
        problem="The role of payments cannot be assumed.",
    )
    response = as_ana.get("/")
    assert {one.account.name for one in response.context["overview"].stale} == {"payments", "research"}
    assert "The role of payments cannot be assumed." in response.content.decode()


def test_freshly_scanned_accounts_are_not_stale(as_ana: Client, inventory: Inventory, cast: Cast) -> None:
    scanned(cast, hours_ago=1)
    response = as_ana.get("/")
    assert response.context["overview"].stale == []
    assert "Nothing is stale" in response.content.decode()


def test_a_move_in_flight_stands_on_top_and_on_the_map(
    as_ana: Client, inventory: Inventory, cast: Cast
) -> None:
    change = ask(inventory, cast)
    Change.objects.filter(pk=change.pk).update(state="settling")
    response = as_ana.get("/")
    arcs = response.context["overview"].world.arcs
    assert [(arc.from_region, arc.to_region) for arc in arcs] == [("us-east-1", "eu-west-1")]
    assert response.content.decode().count(f'href="/changes/{change.ref}/"') == 2


def test_an_overdue_change_needs_the_person_who_asked(
    as_ana: Client, inventory: Inventory, cast: Cast
) -> None:
    change = ask(inventory, cast)
    Change.objects.filter(pk=change.pk).update(state="settling", overdue_since=timezone.now())
    response = as_ana.get("/")
    assert [one.ref for one in response.context["overview"].needing] == [change.ref]
    assert response.content.decode().count(f'href="/changes/{change.ref}/"') == 3


def test_somebody_elses_accounts_are_nowhere_in_it(as_ana: Client, inventory: Inventory) -> None:
    content = as_ana.get("/").content.decode()
    for word in ("archive", "old-vault", "ca-central-1"):
        assert word not in content


def test_a_person_without_roles_is_told_what_to_do(as_dan: Client, inventory: Inventory) -> None:
    response = as_dan.get("/")
    assert response.status_code == 200
    assert "You may see no AWS account yet" in response.content.decode()
    assert "card-vault" not in response.content.decode()


def test_without_keys_it_says_what_to_do(as_ana: Client, cast: Cast) -> None:
    assert "No key seen yet" in as_ana.get("/").content.decode()


def test_htmx_gets_only_the_changing_part(as_ana: Client, inventory: Inventory) -> None:
    response = as_ana.get("/", headers=HTMX)
    assert response.content.decode().strip().startswith('<div id="overview"')
    assert b"</html>" not in response.content


def test_it_takes_no_posts(as_ana: Client) -> None:
    assert as_ana.post("/").status_code == 405


def test_signed_out_people_are_sent_to_sign_in(anonymous: Client, db: None) -> None:
    assert anonymous.get("/").headers["Location"] == "/sign-in/?next=/"


def test_the_number_of_queries_does_not_grow_with_the_keys(
    as_ana: Client, inventory: Inventory, cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(QUERIES):
        as_ana.get("/")
    for number in range(30):
        drifted = Member("eu-west-1", tags={"team": str(number)})
        make_key(cast.payments, f"mrk-{number:032x}", Member("us-east-1"), drifted)
    with django_assert_num_queries(QUERIES):
        as_ana.get("/")
