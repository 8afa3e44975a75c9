"""Which columns the list of keys shows, and what those of drift and policy say."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from keyconsole.policies.document.rules import Rule, Rules, Selector
from keyconsole.web.keys.columns import AT_FIRST, COLUMNS, read_columns
from tests.cast import Cast, Inventory, Member, hold, make_key

pytestmark = [pytest.mark.django_db, pytest.mark.every_database]
ALL = "&".join(f"column={name}" for name in COLUMNS)


def heads(client: Client, query: str = "") -> list[str]:
    content = client.get(f"/keys/{query}").content.decode()
    return [
        re.sub(r"<[^>]+>|\s+", " ", each).strip()
        for each in re.findall(r'<th scope="col"(?! class="(?:region|tick)")[^>]*>(.*?)</th>', content)
    ]


def row_of(client: Client, name: str, query: str = ALL):
    rows = client.get(f"/keys/?{query}").context["rows"]
    return next(row for row in rows if row.key.name == name)


def test_drift_and_policy_are_shown_when_they_are_asked_for(as_ana: Client, inventory: Inventory) -> None:
    assert heads(as_ana) == ["Key", "Account", "Key id", "Primary", "Seen", "Change"]
    assert heads(as_ana, "?column=policy&column=drift") == ["Key", "Drift", "Policy"]
    assert heads(as_ana, "?column=key") == ["Key"]
    assert 'class="region"' not in as_ana.get("/keys/?column=drift").content.decode()


def test_what_is_no_column_is_passed_over() -> None:
    assert read_columns([]) == AT_FIRST
    assert read_columns(["password", "drift", "drift", "account"]) == ("account", "drift")
    assert read_columns(["key"]) == ()


def test_the_choice_goes_along_with_sorting_pages_and_exports(as_ana: Client, inventory: Inventory) -> None:
    content = as_ana.get("/keys/?column=key&column=drift").content.decode()
    assert "?column=key&amp;column=drift&amp;sort=-alias" in content
    assert 'name="column" value="drift" checked' in content
    assert 'name="column" value="policy" checked' not in content


def test_drift_says_what_differs_where_and_what_nobody_read(as_ana: Client, inventory: Inventory) -> None:
    assert row_of(as_ana, "genome").drift.words == "policy, tags in us-east-1"
    assert row_of(as_ana, "card-vault").drift.words == "none"
    member = inventory.ledger.region_keys.get(region="eu-central-1")
    member.details_at = None
    member.save()
    assert row_of(as_ana, "ledger").drift.words == "not all read"


def test_policy_names_what_governs_the_moves_to_each_region(
    as_ana: Client, cast: Cast, inventory: Inventory
) -> None:
    assert row_of(as_ana, "card-vault").policy == "alone"
    hold(Rules(name="to-ireland", rule=Rule.CONFIRM, applies_to=Selector(to_regions=("eu-west-1",))))
    assert row_of(as_ana, "card-vault").policy == "alone, to-ireland"
    assert row_of(as_ana, "genome").policy == "alone"


def test_a_policy_of_hidden_accounts_is_not_named(as_ana: Client, cast: Cast, inventory: Inventory) -> None:
    hold(Rules(name="hush", rule=Rule.CONFIRM, applies_to=Selector(accounts=(cast.archive.account_id,))))
    assert "hush" not in as_ana.get(f"/keys/?{ALL}").content.decode()


def test_the_number_of_queries_does_not_grow_with_the_keys_whatever_is_shown(
    as_ana: Client, cast: Cast, inventory: Inventory, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(QUERIES):
        as_ana.get(f"/keys/?{ALL}")
    for number in range(30):
        make_key(cast.payments, f"mrk-{number:032x}", Member("us-east-1"), Member("eu-west-1"))
    with django_assert_num_queries(QUERIES):
        as_ana.get(f"/keys/?{ALL}")


QUERIES = 31
REGIONS = [
    "af-south-1", "ap-east-1", "ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-south-1",
    "ap-southeast-1", "ap-southeast-2", "ca-central-1", "eu-central-1", "eu-north-1", "eu-west-1",
    "eu-west-2", "sa-east-1", "us-east-1", "us-east-2", "us-west-2",
]  # fmt: skip


def test_fifty_keys_in_six_regions_with_every_column_stay_small(as_ana: Client, cast: Cast) -> None:
    for number in range(50):
        make_key(
            cast.payments,
            f"mrk-{number:032x}",
            *[Member(region) for region in REGIONS[:6]],
            alias=f"alias/team/{number:02}-" + "x" * 32,
        )
    content = as_ana.get(f"/keys/?{ALL}").content
    assert len(content) < 200 * 1024
    assert content.count(b"<") - content.count(b"</") < 1500


def test_one_key_in_seventeen_regions_does_not_make_the_list_heavy(as_ana: Client, cast: Cast) -> None:
    make_key(cast.payments, "mrk-" + "7" * 32, *map(Member, REGIONS))
    for number in range(49):
        make_key(cast.payments, f"mrk-{number:032x}", *map(Member, ("us-east-1", "eu-west-1", "sa-east-1")))
    content = as_ana.get("/keys/").content
    assert content.count(b"<") - content.count(b"</") < 1500


def test_a_key_in_seventeen_regions_has_a_mark_in_each(as_ana: Client, cast: Cast) -> None:
    make_key(cast.payments, "mrk-" + "7" * 32, *map(Member, REGIONS), alias="alias/a/b/" + "c" * 30)
    content = as_ana.get("/keys/").content.decode()
    assert content.count('class="cell present') == 17
    assert "matrix many" in content
