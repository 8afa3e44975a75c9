"""The page of one key."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from keyconsole.inventory.models import Outcome, Sight
from tests.cast import CARD_VAULT, GENOME, LEDGER, OLD_VAULT, Cast, Inventory, Member, make_key
from tests.conftest import HTMX
from tests.web.stories import ask

pytestmark = pytest.mark.django_db
CARD_VAULT_PAGE = f"/keys/111122223333/{CARD_VAULT}/"
LEDGER_PAGE = f"/keys/111122223333/{LEDGER}/"
GENOME_PAGE = f"/keys/222233334444/{GENOME}/"
QUERIES = 20


def content_of(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200
    return response.content.decode()


def test_it_shows_the_primary_first_and_offers_each_replica(as_ana: Client, inventory: Inventory) -> None:
    response = as_ana.get(CARD_VAULT_PAGE)
    rows = response.context["regions"].rows
    assert [row.member.region for row in rows] == ["us-east-1", "eu-west-1", "us-west-2"]
    content = response.content.decode()
    assert f"{CARD_VAULT_PAGE}make-primary/eu-west-1/" in content
    assert f"{CARD_VAULT_PAGE}make-primary/us-west-2/" in content
    assert f"{CARD_VAULT_PAGE}make-primary/us-east-1/" not in content


def test_a_disabled_replica_gets_the_reason_instead_of_the_link(as_ana: Client, inventory: Inventory) -> None:
    content = content_of(as_ana, LEDGER_PAGE)
    assert "make-primary/eu-central-1" not in content
    assert "The key in eu-central-1 is Disabled. Enable it first." in content


def test_people_who_may_not_ask_read_why_once(as_cleo: Client, inventory: Inventory) -> None:
    content = content_of(as_cleo, CARD_VAULT_PAGE)
    assert "/make-primary/" not in content
    assert content.count("Your roles do not let you make a primary in payments.") == 1


def test_it_says_what_differs_from_the_primary_and_shows_the_lines(
    as_ana: Client, inventory: Inventory
) -> None:
    content = content_of(as_ana, GENOME_PAGE)
    assert "policy, tags" in content
    assert "<ins>+" in content
    assert "lab" in content
    assert "primary: platform" in content


def test_an_unknown_region_is_shown_as_unknown_with_why(
    as_ana: Client, inventory: Inventory, cast: Cast
) -> None:
    assert "KeyConsole may not look in this Region." in content_of(as_ana, GENOME_PAGE)
    scan = cast.research.scans.create(asked_by="ana", asked_at=timezone.now())
    said = "kms:ListKeys is denied by a service control policy."
    scan.region_scans.create(region="ap-southeast-2", outcome=Outcome.DENIED.value, problem=said)
    assert said in content_of(as_ana, GENOME_PAGE)


def test_a_region_where_the_key_is_gone_says_so(as_ana: Client, inventory: Inventory) -> None:
    inventory.card_vault.region_keys.filter(region="eu-west-1").update(sight=Sight.GONE.value)
    content = content_of(as_ana, CARD_VAULT_PAGE)
    assert "no longer showed the key" in content
    assert "make-primary/eu-west-1" not in content


def test_two_replicas_and_no_primary_is_shown_without_a_fault(as_ana: Client, inventory: Inventory) -> None:
    inventory.card_vault.region_keys.update(role="REPLICA", state="Updating")
    content = content_of(as_ana, CARD_VAULT_PAGE)
    assert content.count("Updating") >= 3
    assert "/make-primary/" not in content


def test_hostile_descriptions_and_tags_are_shown_as_text(as_ana: Client, inventory: Inventory) -> None:
    inventory.card_vault.region_keys.update(
        description="<script>alert(1)</script>", tags={"<b>": "<i>"}, policy='{"Id": "<u>", "Statement": []}'
    )
    content = content_of(as_ana, CARD_VAULT_PAGE)
    for markup in ("<script>alert", "<b>", "<i>", "<u>"):
        assert markup not in content
    assert "&lt;u&gt;" in content


def test_htmx_gets_only_the_regions(as_ana: Client, inventory: Inventory) -> None:
    content = as_ana.get(CARD_VAULT_PAGE, headers=HTMX).content.decode()
    assert content.strip().startswith('<section id="key-regions"')
    assert "</html>" not in content


def test_keys_outside_ones_accounts_are_not_there(as_ana: Client, inventory: Inventory) -> None:
    assert as_ana.get(f"/keys/333344445555/{OLD_VAULT}/").status_code == 404
    assert as_ana.get(f"/keys/111122223333/{OLD_VAULT}/").status_code == 404
    assert as_ana.get(f"/keys/111122223333/{GENOME}/").status_code == 404


@pytest.mark.parametrize("key_id", ["mrk-nothing", "%00", "..%2F..", "x" * 3000, "%F0%9F%94%91"])
def test_nonsense_in_the_address_is_not_there(as_ana: Client, inventory: Inventory, key_id: str) -> None:
    assert as_ana.get(f"/keys/111122223333/{key_id}/").status_code == 404


def test_it_takes_no_posts(as_ana: Client, inventory: Inventory) -> None:
    assert as_ana.post(CARD_VAULT_PAGE).status_code == 405


def test_people_without_a_role_may_not_open_it(as_dan: Client, inventory: Inventory) -> None:
    assert as_dan.get(CARD_VAULT_PAGE).status_code == 403


def test_signed_out_people_are_sent_to_sign_in(anonymous: Client, inventory: Inventory) -> None:
    assert anonymous.get(CARD_VAULT_PAGE).headers["Location"].startswith("/sign-in/")


def test_the_number_of_queries_does_not_grow_with_the_regions(
    as_ana: Client, cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    regions = ["us-east-1", "us-east-2", "us-west-1", "us-west-2", "eu-west-1", "eu-west-2", "eu-west-3"]
    few = make_key(cast.payments, CARD_VAULT, *map(Member, regions[:2]))
    many = make_key(cast.payments, LEDGER, *map(Member, regions))
    for found in (few, many):
        with django_assert_num_queries(QUERIES):
            as_ana.get(found.get_absolute_url())


def test_the_decision_stands_first_and_what_supports_it_is_folded(
    as_ana: Client, inventory: Inventory
) -> None:
    content = content_of(as_ana, CARD_VAULT_PAGE)
    decision, folded = content.index('class="panel decision"'), content.index('class="folds"')
    assert decision < content.index(f"{CARD_VAULT_PAGE}make-primary/eu-west-1/") < folded
    assert "Primary in" in content[decision:folded]
    assert all(heading in content[folded:] for heading in ("Changes", "Facts", "Aliases, policies, tags"))
    assert '<details class="fold" open' not in content


def test_what_differs_is_unfolded(as_ana: Client, inventory: Inventory) -> None:
    content = content_of(as_ana, GENOME_PAGE)
    assert content.count('<details class="fold" open') == 1


def test_an_open_change_stands_beside_the_decision(as_ana: Client, cast: Cast, inventory: Inventory) -> None:
    change = ask(cast.ana, inventory.card_vault, at=timezone.now())
    content = content_of(as_ana, CARD_VAULT_PAGE)
    decision = content[content.index('class="panel decision"') : content.index('class="folds"')]
    assert f"/changes/{change.ref}/" in decision
    assert "No move of this key can be asked for." in decision
    assert "make-primary/" not in decision


def test_nothing_on_the_page_is_a_button_that_does_nothing(as_cleo: Client, inventory: Inventory) -> None:
    for url in (CARD_VAULT_PAGE, GENOME_PAGE):
        assert " disabled" not in content_of(as_cleo, url)


def test_each_arn_can_be_copied_whole(as_ana: Client, inventory: Inventory) -> None:
    content = content_of(as_ana, CARD_VAULT_PAGE)
    for region in ("us-east-1", "eu-west-1", "us-west-2"):
        assert f'data-copy="arn:aws:kms:{region}:111122223333:key/{CARD_VAULT}"' in content
