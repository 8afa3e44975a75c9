"""Which Region was primary on a day: the answer, how it is known, and where nobody looked."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from keyconsole.audit.events import Event
from keyconsole.inventory.models import Cause, MultiRegionKey
from tests.cast import CARD_VAULT, Cast, Inventory, Member, make_key
from tests.conftest import HTMX
from tests.web.audit.test_audit import auditor_of_payments, note
from tests.web.stories import settling

pytestmark = [pytest.mark.django_db, pytest.mark.every_database]
URL = "/audit/?view=primaries"
QUERIES = 24


def answer(client: Client, query: str) -> tuple[str, str, str]:
    [row] = client.get(URL + query).context["rows"]
    return (row.found.region, row.found.or_region, row.how_known) if row.found else ("", "", row.how_known)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("&day=2026-05-01", ("us-east-1", "", "Seen there by a scan")),
        ("&day=2026-05-03", ("us-east-1", "eu-west-1", "Seen there by a scan")),
        ("&days=20576", ("us-east-1", "eu-west-1", "Seen there by a scan")),
        (
            "&day=2026-05-04&at=09:00",
            ("eu-west-1", "", "Moved out of band, found there by a scan"),
        ),
        ("&day=2025-12-31", ("", "", "Nobody had looked yet.")),
    ],
)
def test_a_day_answers_which_region_and_how_sure(
    moved: MultiRegionKey, as_cleo: Client, query: str, expected: tuple[str, str, str]
) -> None:
    assert answer(as_cleo, query) == expected


def test_a_period_that_a_change_began_links_to_it(moved: MultiRegionKey, as_cleo: Client) -> None:
    moved.primary_periods.filter(region="eu-west-1").update(cause=Cause.CHANGE, change_ref="CR-7")
    content = as_cleo.get(f"{URL}&day=2026-05-05").content.decode()
    assert '<a href="/changes/CR-7/">CR-7</a>' in content


def test_without_a_day_it_answers_for_now(moved: MultiRegionKey, as_cleo: Client) -> None:
    before = timezone.now()
    assert before <= as_cleo.get(URL).context["moment"] <= timezone.now()
    assert answer(as_cleo, "&day=")[0] == "eu-west-1"


@pytest.mark.parametrize(
    "query",
    ["&day=soon", "&day=2026-05-03&at=25:00", "&day=0000-01-01", "&days=-1", "&days=x", "&account=999"],
)
def test_what_is_not_a_day_is_told(moved: MultiRegionKey, as_cleo: Client, query: str) -> None:
    response = as_cleo.get(URL + query)
    assert response.status_code == 200
    assert response.context["form"].errors
    assert "rows" not in response.context


@pytest.mark.parametrize("query", ["&day=0001-01-01", "&day=9999-12-31", "&day=2026-05-03&page=99"])
def test_the_ends_of_time_answer_without_a_fault(moved: MultiRegionKey, as_cleo: Client, query: str) -> None:
    assert as_cleo.get(URL + query).status_code == 200


def test_an_auditor_of_one_account_sees_its_keys_alone(
    inventory: Inventory, cast: Cast, as_cleo: Client
) -> None:
    auditor_of_payments(cast)
    rows = as_cleo.get(f"{URL}&day=2099-01-01").context["rows"]
    assert [row.key for row in rows] == [inventory.card_vault, inventory.ledger]


def test_htmx_gets_only_the_answer(inventory: Inventory, as_cleo: Client) -> None:
    content = as_cleo.get(f"{URL}&day=2099-01-01", headers=HTMX).content.decode()
    assert content.strip().startswith('<section id="primaries"')
    assert '<section id="history"' in content
    assert "<html" not in content


def test_the_number_of_queries_does_not_grow_with_the_keys(
    inventory: Inventory, cast: Cast, as_cleo: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    as_cleo.get(f"{URL}&day=2099-01-01")
    with django_assert_num_queries(QUERIES):
        as_cleo.get(f"{URL}&day=2099-01-01")
    for number in range(40):
        make_key(cast.payments, f"mrk-{number:032x}", Member("us-east-1"), Member("eu-west-1"))
    with django_assert_num_queries(QUERIES):
        as_cleo.get(f"{URL}&day=2099-01-01")


def cells(client: Client, query: str) -> dict[str, str]:
    [row] = client.get(URL + query).context["rows"]
    return {cell.region: cell.was for cell in row.cells}


def test_the_matrix_shows_that_day_and_keeps_its_columns(moved: MultiRegionKey, as_cleo: Client) -> None:
    moved.region_keys.update(first_seen_at=datetime(2026, 1, 1, tzinfo=UTC))
    assert cells(as_cleo, "&day=2026-05-01") == {"eu-west-1": "replica", "us-east-1": "primary"}
    assert cells(as_cleo, "&day=2026-05-03") == {"eu-west-1": "maybe", "us-east-1": "maybe"}
    assert cells(as_cleo, "&day=2026-05-05") == {"eu-west-1": "primary", "us-east-1": "replica"}
    assert cells(as_cleo, "&day=2025-05-05") == {"eu-west-1": "", "us-east-1": ""}


def test_an_answer_in_a_gap_names_the_gap(moved: MultiRegionKey, as_cleo: Client) -> None:
    words = re.sub(r"<[^>]+>", "", as_cleo.get(f"{URL}&day=2026-05-03").content.decode())
    assert "nobody looked between 2026-05-02 08:00 and 2026-05-04 08:00" in " ".join(words.split())


def test_a_key_that_a_change_was_moving_then_is_told_as_moving(
    cast: Cast, inventory: Inventory, as_cleo: Client
) -> None:
    change = settling(cast.ana, inventory.card_vault, now=timezone.now())
    rows = as_cleo.get(f"{URL}&q=card-vault").context["rows"]
    assert [
        (row.moving_by, {cell.was for cell in row.cells if cell.region in change.regions}) for row in rows
    ] == [(change.ref, {"moving"})]
    assert f"{change.ref}</a> was moving it" in as_cleo.get(f"{URL}&q=card-vault").content.decode()


@pytest.mark.parametrize(
    "name", ["card-vault", "alias/card-vault", CARD_VAULT, f"{CARD_VAULT[:8]}…{CARD_VAULT[-4:]}"]
)
def test_it_answers_for_one_key_by_any_of_its_names(inventory: Inventory, as_cleo: Client, name: str) -> None:
    response = as_cleo.get("/audit/", {"view": "primaries", "q": name, "account": "111122223333"})
    assert [row.key for row in response.context["rows"]] == [inventory.card_vault]
    assert sum(one.primaries for one in response.context["world"]) == 1


def test_the_slider_redraws_the_answer_and_the_day_and_leaves_itself_alone(
    moved: MultiRegionKey, as_cleo: Client
) -> None:
    response = as_cleo.get(f"{URL}&days=20576&q=moved", headers={**HTMX, "HX-Trigger": "slider"})
    content = response.content.decode()
    assert response.headers["HX-Replace-Url"] == "/audit/?view=primaries&day=2026-05-03&q=moved"
    assert 'id="when" hx-swap-oob="true"' in content
    assert 'value="2026-05-03"' in content
    assert 'id="history"' not in content
    assert "/audit/export.csv?view=primaries&amp;day=2026-05-03&amp;q=moved" in content


def test_the_chart_counts_primaries_and_says_where_nobody_looked(
    moved: MultiRegionKey, as_cleo: Client
) -> None:
    history = as_cleo.get(f"{URL}&day=2026-05-03").context["history"]
    assert [(lane.name, lane.last) for lane in history.lanes] == [
        ("eu-west-1", 1),
        ("us-east-1", 0),
        ("drift", 0),
    ]
    assert history.gaps == [("0.00%", "100.00%")]
    assert {sum(row.values[:2]) for row in history.rows} == {1}
    assert not any(row.looked for row in history.rows)


def test_scans_of_other_accounts_are_no_look_at_these(
    moved: MultiRegionKey, cast: Cast, as_cleo: Client
) -> None:
    for account in ("222233334444", "111122223333"):
        note(Event.SCAN_FINISHED, account, account, at=timezone.now(), state="finished")
        history = as_cleo.get(f"{URL}&day=2026-05-03").context["history"]
        assert history.rows[0].looked == (account == "111122223333")


def test_with_nothing_seen_yet_it_says_so(cast: Cast, as_cleo: Client) -> None:
    content = as_cleo.get(f"{URL}&day=2026-05-03").content.decode()
    assert "No primary of these keys is known yet." in content
    assert "No keys" in content


def test_who_reads_one_account_gets_no_count_and_no_region_of_another(
    inventory: Inventory, cast: Cast, as_cleo: Client
) -> None:
    auditor_of_payments(cast)
    response = as_cleo.get(f"{URL}&day=2099-01-01")
    assert "ca-central-1" not in response.content.decode()  # the archive's alone
    assert sum(one.primaries for one in response.context["world"]) == 2
    assert sum(lane.last for lane in response.context["history"].lanes) == 2
    assert as_cleo.get(f"{URL}&q=genome").context["rows"] == []
