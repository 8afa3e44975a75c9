"""Keeping one look at one Region key, as a change takes it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from keyconsole.inventory.models import MultiRegionKey, RegionKey, Sight
from keyconsole.inventory.store.store_one import store_observation
from keyconsole.kms.facts import KeyState
from tests.cast import make_account
from tests.inventory.facts import KEY, A, B, at, facts


@pytest.fixture
def key(db: None) -> MultiRegionKey:
    return MultiRegionKey.objects.create(
        account=make_account("payments", "111122223333"),
        key_id=KEY,
        primary_region=A,
        first_seen_at=at(0),
        last_seen_at=at(0),
    )


def row(key: MultiRegionKey, region: str) -> RegionKey:
    return RegionKey.objects.get(key=key, region=region)


def test_what_was_seen_is_stored_with_when(key: MultiRegionKey) -> None:
    store_observation(key, B, facts=facts(B), sight=Sight.SEEN, now=at(1))
    stored = row(key, B)
    assert (stored.role, stored.state, stored.sight) == ("REPLICA", "Enabled", "seen")
    assert stored.first_seen_at == stored.last_seen_at == stored.last_look_at == at(1)
    key.refresh_from_db()
    assert (key.primary_region, key.last_seen_at) == (A, at(1))


def test_a_look_that_saw_nothing_keeps_what_was_seen(key: MultiRegionKey) -> None:
    store_observation(key, B, facts=facts(B), sight=Sight.SEEN, now=at(1))
    store_observation(key, B, facts=None, sight=Sight.DENIED, now=at(2))
    stored = row(key, B)
    assert (stored.role, stored.state, stored.sight) == ("REPLICA", "Enabled", "denied")
    assert (stored.last_seen_at, stored.last_look_at) == (at(1), at(2))


def test_an_older_look_never_overwrites_a_newer_one(key: MultiRegionKey) -> None:
    store_observation(key, B, facts=facts(B, state=KeyState.UPDATING), sight=Sight.SEEN, now=at(5))
    store_observation(key, B, facts=facts(B), sight=Sight.SEEN, now=at(4))
    assert (row(key, B).state, row(key, B).last_look_at) == ("Updating", at(5))


def test_a_settled_primary_becomes_the_keys_and_one_that_is_updating_does_not(key: MultiRegionKey) -> None:
    moving = facts(B, primary=B, state=KeyState.UPDATING)
    store_observation(key, B, facts=moving, sight=Sight.SEEN, now=at(1))
    assert MultiRegionKey.objects.get(pk=key.pk).primary_region == A
    store_observation(key, B, facts=facts(B, primary=B), sight=Sight.SEEN, now=at(2))
    assert MultiRegionKey.objects.get(pk=key.pk).primary_region == B
    assert key.primary_region == B
    assert not key.primary_periods.exists()


def test_a_description_that_the_database_cannot_hold_is_kept_readable(key: MultiRegionKey) -> None:
    odd = replace(facts(B), description="card\0vault")
    store_observation(key, B, facts=odd, sight=Sight.SEEN, now=at(1))
    assert row(key, B).description == "card\N{REPLACEMENT CHARACTER}vault"
