"""Storing a Region takes few queries however many keys it has, and a failure leaves nothing half-stored."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from keyconsole.aws_accounts.models import AwsAccount
from keyconsole.inventory.models import MultiRegionKey, Outcome, RegionKey, Scan, ScanState
from keyconsole.inventory.store.conclude import conclude
from keyconsole.inventory.store.known import Picture
from keyconsole.inventory.store.store_region import store_region
from tests.cast import make_account
from tests.inventory.facts import A, B, at, facts, look, seen

MANY = 200


@pytest.fixture
def account(db: None) -> AwsAccount:
    return make_account("payments", "111122223333")


@pytest.fixture
def scan(account: AwsAccount) -> Scan:
    return Scan.objects.create(account=account, state=ScanState.RUNNING, asked_by="ana", asked_at=at(0))


def full_look(region: str, *, minutes: float = 0):
    key_ids = [f"mrk-{number:032x}" for number in range(MANY)]
    keys = [seen(facts(region, key_id=key_id), minutes=minutes) for key_id in key_ids]
    aliases = {key_id: (f"alias/vault-{key_id[-3:]}",) for key_id in key_ids}
    return look(region, Outcome.SEEN, *keys, aliases=aliases, minutes=minutes)


def writes(queries: CaptureQueriesContext) -> int:
    """Statements without the two that each event and each savepoint takes."""
    chain = ("audit_entry", "SAVEPOINT", "BEGIN", "COMMIT", "pg_advisory")
    return sum(not any(word in query["sql"] for word in chain) for query in queries)


def test_two_hundred_keys_of_a_region_take_few_queries(scan: Scan, account: AwsAccount) -> None:
    picture = Picture.of(account)
    for region in (A, B):
        with CaptureQueriesContext(
            connection,
        ) as first:
            store_region(scan, full_look(region), picture=picture, now=at(1))
        assert writes(first) <= 20
    with CaptureQueriesContext(connection) as concluding:
        conclude(picture, now=at(2))
    assert writes(concluding) <= 8
    assert (MultiRegionKey.objects.count(), RegionKey.objects.filter(sight="seen").count()) == (
        MANY,
        2 * MANY,
    )


def test_the_next_scan_of_the_same_keys_takes_fewer(scan: Scan, account: AwsAccount) -> None:
    picture = Picture.of(account)
    for region in (A, B):
        store_region(scan, full_look(region), picture=picture, now=at(1))
    conclude(picture, now=at(2))
    again = Picture.of(account)
    with CaptureQueriesContext(connection) as queries:
        store_region(scan, full_look(A, minutes=60), picture=again, now=at(61))
    assert len(queries) <= 16
    with CaptureQueriesContext(connection) as concluding:
        conclude(again, now=at(62))
    assert len(concluding) <= 8
    assert set(RegionKey.objects.filter(region=A).values_list("last_seen_at", flat=True)) == {at(60)}


def test_rows_keep_their_identity_from_scan_to_scan(scan: Scan, account: AwsAccount) -> None:
    store_region(scan, full_look(A), picture=Picture.of(account), now=at(1))
    before = dict(RegionKey.objects.filter(region=A).values_list("key__key_id", "pk"))
    store_region(scan, full_look(A, minutes=60), picture=Picture.of(account), now=at(61))
    assert dict(RegionKey.objects.filter(region=A).values_list("key__key_id", "pk")) == before
    assert set(RegionKey.objects.filter(region=A).values_list("first_seen_at", flat=True)) == {at(0)}


def test_a_region_that_cannot_be_stored_leaves_the_picture_as_the_database_is(
    scan: Scan, account: AwsAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("the audit store is full")

    monkeypatch.setattr("keyconsole.audit.log.record", broken)
    picture = Picture.of(account)
    with pytest.raises(RuntimeError):
        store_region(scan, full_look(A), picture=picture, now=at(1))
    assert (picture.keys, picture.members, dict(picture.evidence)) == ({}, {}, {})
    assert not MultiRegionKey.objects.exists()
