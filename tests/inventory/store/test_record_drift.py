"""Drift over time: it begins when a scan finds it, and ends when a scan that could tell no longer does."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from keyconsole.inventory.history import drift_known_since, drift_over
from keyconsole.inventory.models import DriftPeriod, MultiRegionKey, RegionKey, Sight
from keyconsole.inventory.store.record_drift import record_drift
from tests.cast import NOW, Cast, Inventory

pytestmark = [pytest.mark.django_db, pytest.mark.every_database]


def scanned(cast: Cast, days: int) -> None:
    record_drift(cast.payments, now=NOW + timedelta(days=days))


def replica_of(key: MultiRegionKey) -> RegionKey:
    RegionKey.objects.filter(key=key).update(aliases=["alias/card-vault"])
    replica = RegionKey.objects.filter(key=key, role="REPLICA").first()
    assert replica is not None
    return replica


def called(replica: RegionKey, alias: str) -> None:
    RegionKey.objects.filter(pk=replica.pk).update(aliases=[alias])


def spans() -> list[tuple[datetime, datetime | None]]:
    return list(DriftPeriod.objects.values_list("started_at", "ended_at"))


def test_drift_is_kept_from_the_scan_that_found_it_to_the_one_that_did_not(
    cast: Cast, inventory: Inventory
) -> None:
    replica = replica_of(inventory.card_vault)
    scanned(cast, 0)
    assert (spans(), drift_known_since()) == ([], None)
    called(replica, "alias/other")
    scanned(cast, 1)
    scanned(cast, 2)
    assert spans() == [(NOW + timedelta(days=1), None)]
    called(replica, "alias/card-vault")
    scanned(cast, 3)
    scanned(cast, 4)
    assert spans() == [(NOW + timedelta(days=1), NOW + timedelta(days=3))]
    moments = [NOW + timedelta(days=number) for number in range(5)]
    assert drift_over(MultiRegionKey.objects.all(), moments) == [0, 1, 1, 0, 0]


@pytest.mark.parametrize("unclear", [{"sight": Sight.DENIED.value}, {"role": "PRIMARY"}])
def test_where_one_cannot_tell_it_is_not_over(
    cast: Cast, inventory: Inventory, unclear: dict[str, str]
) -> None:
    replica = replica_of(inventory.card_vault)
    called(replica, "alias/other")
    scanned(cast, 1)
    RegionKey.objects.filter(pk=replica.pk).update(**unclear)
    scanned(cast, 2)
    assert spans() == [(NOW + timedelta(days=1), None)]


def test_a_replica_that_is_gone_drifts_no_more(cast: Cast, inventory: Inventory) -> None:
    replica = replica_of(inventory.card_vault)
    called(replica, "alias/other")
    scanned(cast, 1)
    RegionKey.objects.filter(pk=replica.pk).update(sight=Sight.GONE.value)
    scanned(cast, 2)
    assert spans() == [(NOW + timedelta(days=1), NOW + timedelta(days=2))]


def test_a_scan_of_one_account_says_nothing_of_another(cast: Cast, inventory: Inventory) -> None:
    called(replica_of(inventory.card_vault), "alias/other")
    record_drift(cast.research, now=NOW)
    assert not DriftPeriod.objects.filter(key__account=cast.payments).exists()
