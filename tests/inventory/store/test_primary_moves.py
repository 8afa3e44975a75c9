"""What a scan makes of a primary that moved, is moving, or is being moved by us."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from keyconsole.audit.models import Entry
from keyconsole.aws_accounts.models import AwsAccount
from keyconsole.inventory import in_flight
from keyconsole.inventory.models import Cause, MultiRegionKey, PrimaryPeriod, Scan, ScanState, Sight
from keyconsole.inventory.observation import RegionObservation
from keyconsole.inventory.periods import record_primary
from keyconsole.inventory.store.known import Picture
from keyconsole.inventory.store.store_one import store_observation
from keyconsole.inventory.store.store_region import store_region
from keyconsole.kms.facts import RegionKeyFacts
from keyconsole.sandbox import state
from keyconsole.sandbox.server import Sandbox
from tests.inventory.conftest import events_of, scan_now
from tests.outside import Outside

FIRST, SECOND = "us-east-1", "eu-west-1"


@pytest.fixture
def key(kms: Sandbox, payments: AwsAccount) -> MultiRegionKey:
    """Known from a first scan, its primary in FIRST."""
    key_id = kms.seed_set("111122223333", primary=FIRST, replicas=[SECOND])
    scan_now(payments)
    return MultiRegionKey.objects.select_related("account").get(key_id=key_id)


@pytest.fixture
def _nobody_asks() -> Iterator[None]:
    before = list(in_flight._asked)
    in_flight._asked.clear()
    yield
    in_flight._asked[:] = before


def move(kms: Sandbox, key: MultiRegionKey) -> None:
    with Outside(kms.url) as somebody:
        client = somebody.client("111122223333", FIRST)
        client.update_primary_region(KeyId=key.arn_in(FIRST), PrimaryRegion=SECOND)


def periods(key: MultiRegionKey) -> list[tuple[str, str, bool]]:
    return [(each.region, each.cause, each.ended_at is None) for each in key.primary_periods.all()]


def test_a_move_that_nobody_asked_for_here_opens_a_period_and_is_recorded(
    kms: Sandbox, key: MultiRegionKey
) -> None:
    before = PrimaryPeriod.objects.get(key=key)
    move(kms, key)
    scan_now(key.account)
    first, second = key.primary_periods.all()
    assert periods(key) == [(FIRST, "first-seen", False), (SECOND, "out-of-band", True)]
    assert first.ended_at == second.started_at
    assert second.not_before == before.confirmed_at
    key.refresh_from_db()
    assert key.primary_region == SECOND
    moved = Entry.objects.get(event="key.primary_moved", subject=key.key_id)
    assert (moved.data["from"], moved.data["to"], moved.account_id) == (FIRST, SECOND, "111122223333")


def test_an_unchanged_primary_is_confirmed_and_nothing_is_recorded(key: MultiRegionKey) -> None:
    before = PrimaryPeriod.objects.get(key=key)
    scan_now(key.account)
    after = PrimaryPeriod.objects.get(key=key)
    assert after.started_at == before.started_at
    assert before.confirmed_at is not None
    assert after.confirmed_at is not None
    assert after.confirmed_at > before.confirmed_at
    assert events_of(key.key_id) == ["key.first_seen"]


@pytest.mark.parametrize("picture", ["swapped", "two-replicas"])
def test_while_a_primary_moves_no_period_closes_and_nothing_alarms(
    kms: Sandbox, key: MultiRegionKey, picture: state.Picture
) -> None:
    kms.picture(picture)
    kms.fault("never-settle")
    move(kms, key)
    scan_now(key.account)
    assert periods(key) == [(FIRST, "first-seen", True)]
    assert events_of(key.key_id) == ["key.first_seen"]
    key.refresh_from_db()
    assert key.primary_region == FIRST
    assert set(key.region_keys.values_list("state", flat=True)) == {"Updating"}


def test_a_move_is_seen_through_a_replica_where_the_primary_cannot_be_looked_at(
    kms: Sandbox, key: MultiRegionKey
) -> None:
    move(kms, key)
    PrimaryPeriod.objects.update(started_at=timezone.now() - timedelta(hours=1))
    kms.fault("deny", operation="ListKeys", region=SECOND)
    scan_now(key.account)
    assert periods(key)[-1] == (SECOND, "out-of-band", True)


def test_a_replica_alone_does_not_contradict_a_move_of_minutes_ago(kms: Sandbox, key: MultiRegionKey) -> None:
    """It may not have heard of it yet."""
    record_primary(key, region=SECOND, at=timezone.now(), cause=Cause.CHANGE, change_ref="CR-1")
    kms.fault("deny", operation="ListKeys", region=FIRST)
    scan_now(key.account)
    assert periods(key)[-1] == (SECOND, "change", True)


@pytest.mark.usefixtures("_nobody_asks")
def test_a_key_that_a_change_is_moving_is_left_to_that_change(kms: Sandbox, key: MultiRegionKey) -> None:
    asked: list[Collection[int]] = []

    def moving(pks: Collection[int]) -> set[int]:
        asked.append(pks)
        return set(pks)

    in_flight.leave_to(moving)
    move(kms, key)
    scan_now(key.account)
    assert asked == [[key.pk]]
    assert periods(key) == [(FIRST, "first-seen", True)]
    assert events_of(key.key_id) == ["key.first_seen"]


def test_our_own_move_recorded_first_is_only_confirmed(kms: Sandbox, key: MultiRegionKey) -> None:
    move(kms, key)
    record_primary(key, region=SECOND, at=timezone.now(), cause=Cause.CHANGE, change_ref="CR-1")
    scan_now(key.account)
    assert periods(key) == [(FIRST, "first-seen", False), (SECOND, "change", True)]
    assert events_of(key.key_id) == ["key.first_seen"]


def test_a_change_that_ran_while_the_scan_was_reading_knows_better(
    kms: Sandbox, key: MultiRegionKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    began = timezone.now()
    after = facts_after_a_move_and_back(kms, key)

    def store_after_the_change(
        scan: Scan, look: RegionObservation, *, picture: Picture, now: datetime
    ) -> None:
        for region, facts in after.items():
            store_observation(key, region, facts=facts, sight=Sight.SEEN, now=timezone.now())
        record_primary(key, region=SECOND, at=began, cause=Cause.CHANGE, change_ref="CR-1")
        store_region(scan, look, picture=picture, now=now)

    monkeypatch.setattr("keyconsole.inventory.scan.account_run.store_region", store_after_the_change)
    assert scan_now(key.account).state == ScanState.FINISHED
    assert periods(key)[-1] == (SECOND, "change", True)
    roles = dict(key.region_keys.values_list("region", "role"))
    assert roles == {FIRST: "REPLICA", SECOND: "PRIMARY"}
    assert events_of(key.key_id) == ["key.first_seen"]


def facts_after_a_move_and_back(kms: Sandbox, key: MultiRegionKey) -> dict[str, RegionKeyFacts]:
    """What a change sees at its end. The desk is as before, for a scan that looked before."""
    move(kms, key)
    with Outside(kms.url) as somebody:
        clients = {region: somebody.client("111122223333", region) for region in (FIRST, SECOND)}
        facts = {
            region: RegionKeyFacts.from_metadata(client.describe_key(KeyId=key.arn_in(region))["KeyMetadata"])
            for region, client in clients.items()
        }
        clients[SECOND].update_primary_region(KeyId=key.arn_in(SECOND), PrimaryRegion=FIRST)
    return facts
