"""What a closed change says and offers: since moved by, ask again, put back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from keyconsole.changes.models import Change
from keyconsole.inventory.models import MultiRegionKey
from tests.cast import CARD_VAULT, Cast, Inventory
from tests.web.stories import ask, put_in

pytestmark = pytest.mark.django_db
URL = "/changes/CR-1/"
THERE = f"/keys/111122223333/{CARD_VAULT}/make-primary/eu-west-1/"
BACK = f"/keys/111122223333/{CARD_VAULT}/make-primary/us-east-1/"


@pytest.fixture
def change(cast: Cast, inventory: Inventory) -> Change:
    return ask(cast.ana, inventory.card_vault, at=timezone.now() - timedelta(days=3))


def text(client: Client, url: str = URL) -> str:
    response = client.get(url)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def moved(change: Change, *, days_ago: int = 2) -> Change:
    """It is done, and the inventory shows it."""
    key = change.key
    key.region_keys.filter(region=change.from_region).update(role="REPLICA")
    key.region_keys.filter(region=change.to_region).update(role="PRIMARY")
    MultiRegionKey.objects.filter(pk=key.pk).update(primary_region=change.to_region)
    key.refresh_from_db()
    at = timezone.now() - timedelta(days=days_ago)
    return put_in(change, "done", outcome="eu-west-1 was the primary in every Region.", closed_at=at)


@pytest.mark.parametrize("state", ["stale", "rejected", "not_applied", "expired"])
def test_what_came_to_nothing_is_asked_for_again_with_what_was_written(
    change: Change, as_ana: Client, state: str
) -> None:
    put_in(change, state, outcome="It ended.", closed_at=timezone.now())
    assert f'href="{THERE}?from=CR-1"' in text(as_ana)
    form = text(as_ana, f"{THERE}?from=CR-1")
    assert "Evacuation exercise" in form
    assert 'value="SEC-7"' in form
    assert "CR-1" in form


@pytest.mark.parametrize("state", ["cancelled", "unknown", "done"])
def test_nothing_else_is_asked_for_again(change: Change, as_ana: Client, state: str) -> None:
    put_in(change, state, closed_at=timezone.now())
    assert "ask again" not in text(as_ana).lower()


def test_who_may_not_ask_reads_why_and_sees_no_button(change: Change, as_ben: Client) -> None:
    put_in(change, "stale", closed_at=timezone.now())
    content = text(as_ben)
    assert "?from=CR-1" not in content
    assert "Why can I not ask again?" in content
    assert "Your roles do not let you make a primary in payments." in content


def test_a_single_move_is_put_back_by_the_opposite_move(change: Change, as_ana: Client) -> None:
    moved(change)
    assert f'href="{BACK}?from=CR-1"' in text(as_ana)
    form = text(as_ana, f"{BACK}?from=CR-1")
    assert "Put back what CR-1 moved." in form
    as_ana.post(
        f"{BACK}?from=CR-1",
        {"reason": "Put back what CR-1 moved.", "typed": "card-vault", "token": "t" * 32},
    )
    back = Change.objects.get(number=2)
    assert (back.from_region, back.to_region) == ("eu-west-1", "us-east-1")


def test_what_was_moved_since_is_not_put_back_and_says_by_what(
    change: Change, cast: Cast, as_ana: Client
) -> None:
    moved(change)
    later = ask(cast.ana, change.key, at=timezone.now() - timedelta(days=1), to_region="us-west-2")
    put_in(later, "done", closed_at=timezone.now() - timedelta(hours=20))
    MultiRegionKey.objects.filter(pk=change.key_id).update(primary_region="us-west-2")
    content = text(as_ana)
    assert 'Since moved by <a href="/changes/CR-2/">CR-2</a> to us-west-2' in content
    assert "?from=CR-1" not in content
    assert "eu-west-1 no longer is the primary." in content
    assert "Since moved" not in text(as_ana, "/changes/CR-2/")


def test_what_was_only_asked_for_since_has_not_moved_it(change: Change, cast: Cast, as_ana: Client) -> None:
    moved(change)
    ask(cast.ana, change.key, at=timezone.now(), to_region="us-west-2")
    assert "Since moved" not in text(as_ana)
    assert "CR-2 is already under way for this key." in text(as_ana)


@pytest.mark.parametrize("ref", ["CR-9", "x", "", "CR-1%00"])
def test_a_form_that_comes_from_nothing_is_an_empty_form(
    inventory: Inventory, as_ana: Client, ref: str
) -> None:
    assert as_ana.get(f"{THERE}?from={ref}").status_code == 200


def test_a_form_takes_nothing_from_a_change_of_another_key(
    cast: Cast, inventory: Inventory, as_ana: Client
) -> None:
    ask(cast.ana, inventory.genome, at=timezone.now(), to_region="us-east-1", reason="Of the genome.")
    assert "Of the genome." not in text(as_ana, f"{THERE}?from=CR-1")
