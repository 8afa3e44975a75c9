"""Which policy governs a move, and what became of the others."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.test import Client

from keyconsole.inventory.models import RegionKey
from keyconsole.policies.document.rules import Rule, Rules, Selector
from tests.cast import CARD_VAULT, OLD_VAULT, Cast, Inventory, Member, hold, make_key
from tests.web.proposals import PAYMENTS, queries_beside_the_frame, staffed

pytestmark = [pytest.mark.django_db, pytest.mark.every_database]
URL = "/policies/explain/"


@pytest.fixture(autouse=True)
def _policies(cast: Cast, inventory: Inventory) -> None:
    staffed(cast)
    hold(PAYMENTS)
    to_europe = Selector(aliases=("card-*",), to_regions=("eu-west-1",))
    hold(replace(PAYMENTS, name="cards", applies_to=to_europe))
    hold(Rules(name="labs", rule=Rule.CONFIRM, applies_to=Selector(accounts=("222233334444",))))


def moves(client: Client, **query: str) -> dict[str, dict[str, str]]:
    """By Regions: the answer to each policy."""
    found = client.get(URL, query).context["moves"]
    return {
        ",".join(move.to_regions): {each.version.policy.name: each.result for each in move.considered}
        for move in found
    }


@pytest.mark.parametrize(
    "key",
    [
        "card-vault",
        "alias/card-vault",
        CARD_VAULT,
        f"arn:aws:kms:us-east-1:111122223333:key/{CARD_VAULT}",
        f"  {CARD_VAULT} ",
    ],
)
def test_each_move_has_its_answer(as_ana: Client, key: str) -> None:
    assert moves(as_ana, key=key) == {
        "eu-west-1": {
            "cards": "Governs",
            "alone": "Less specific",
            "payments": "Less specific",
            "labs": "Does not fit",
        },
        "us-west-2": {
            "payments": "Governs",
            "alone": "Less specific",
            "cards": "Does not fit",
            "labs": "Does not fit",
        },
    }


def test_it_says_what_does_not_fit(as_ana: Client) -> None:
    content = as_ana.get(URL, {"key": "card-vault", "to_region": "us-west-2"}).content.decode()
    assert "payments governs this move: it names the account 111122223333 (payments)." in content
    assert "move to eu-west-1" in content
    assert "account 222233334444" in content
    assert "alias card-*" not in content


def test_a_region_without_a_replica_is_told(as_ana: Client) -> None:
    found = as_ana.get(URL, {"key": "card-vault", "to_region": "ap-south-1"})
    assert "The key has no replica in ap-south-1." in found.content.decode()
    assert len(found.context["moves"]) == 2


def test_tags_that_were_never_read_leave_a_doubt(as_ana: Client, inventory: Inventory) -> None:
    hold(Rules(name="prod", rule=Rule.CONFIRM, applies_to=Selector(tags={"env": "prod"})))
    RegionKey.objects.filter(key=inventory.card_vault).update(details_at=None)
    found = as_ana.get(URL, {"key": "card-vault", "to_region": "us-west-2"})
    assert "never read" in found.content.decode()
    assert moves(as_ana, key="card-vault", to_region="us-west-2")["us-west-2"]["prod"] == "In doubt"


def test_keys_that_share_an_alias_are_told_apart(as_ana: Client, cast: Cast) -> None:
    other = make_key(cast.research, "mrk-" + "7" * 32, Member("us-east-1"), alias="alias/card-vault")
    found = as_ana.get(URL, {"key": "card-vault"})
    assert "Several keys are called so" in found.content.decode()
    assert other.key_id in found.content.decode()
    one = as_ana.get(URL, {"key": "card-vault", "account": "222233334444"})
    assert one.context["key"] == other
    assert "no Region that its primary could move to" in one.content.decode()


@pytest.mark.parametrize("key", ["nothing", OLD_VAULT, "old-vault", "\x00", "a\nb", "x" * 5000, "arn:aws:s3"])
def test_what_one_may_not_see_is_not_there(as_ana: Client, key: str) -> None:
    found = as_ana.get(URL, {"key": key, "account": "\x00"})
    assert found.status_code == 200
    assert "No such key" in found.content.decode()
    assert "No such key" in as_ana.get(URL, {"key": key}).content.decode()


def test_it_begins_with_a_question(as_ana: Client) -> None:
    assert "Name a key" in as_ana.get(URL).content.decode()


def test_the_number_of_queries_does_not_grow_with_the_regions(as_ana: Client, cast: Cast) -> None:
    regions = ("us-east-1", "eu-west-1", "eu-west-2", "eu-west-3", "eu-north-1")
    make_key(cast.payments, "mrk-" + "6" * 32, *map(Member, regions), alias="alias/wide")
    numbers = [queries_beside_the_frame(as_ana, f"{URL}?key={key}") for key in ("ledger", "wide")]
    assert numbers == [10, 10]
