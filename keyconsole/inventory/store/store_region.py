"""Keeping what a look at one Region gave, in one short transaction with its events. Never talks to AWS."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F

from keyconsole.audit import log
from keyconsole.audit.events import Event
from keyconsole.audit.log import ITSELF
from keyconsole.inventory.models import MultiRegionKey, RegionKey, RegionScan, Scan, ScanState, Sight
from keyconsole.inventory.observation import BLIND, RegionObservation
from keyconsole.inventory.store.columns import STORED, blank_row, fill_row, name_row
from keyconsole.inventory.store.diff import Before, Difference, compare
from keyconsole.inventory.store.known import Picture

# A scan that was not heard of for so long has lost its worker.
LEASE = timedelta(minutes=2)


class ScanTaken(Exception):  # noqa: N818 - the scan was declared lost, or another worker has it
    """Someone else decided about the scan; what comes now is not stored."""


def store_region(scan: Scan, look: RegionObservation, *, picture: Picture, now: datetime) -> None:
    """Raise ScanTaken, with nothing stored, where the scan no longer is ours."""
    with transaction.atomic():
        beat(scan, now=now, keys_seen=len(look.seen))
        here = _rows_here(picture, look.region)
        difference = compare(
            look, here={key_id: _before(row) for key_id, row in here.items()}, members=picture.members
        )
        new_keys = _create_keys(difference, look, picture=picture, now=now)
        _store_rows(difference, look, here=here, keys=picture.keys | new_keys, picture=picture)
        _touch_keys(look, picture=picture, now=now)
        _store_part(scan, look)
        _record(difference, picture=picture, keys=picture.keys | new_keys, region=look.region, now=now)
    # Only now: a transaction that failed must leave the picture as the database is.
    picture.keys.update(new_keys)
    picture.add_members(difference.new_rows)
    if blind := BLIND.get(look.outcome):
        picture.blind[look.region] = blind
    for key in look.seen:
        picture.evidence[key.facts.key_id].append(key)


def beat(scan: Scan, *, now: datetime, keys_seen: int = 0, ends: bool = False, **fields: Any) -> None:
    """Say that the scan is alive and has news; raises ScanTaken where it no longer is ours."""
    running = Scan.objects.filter(pk=scan.pk, state=ScanState.RUNNING, lease=scan.held)
    grown = {"version": F("version") + 1, "keys_seen": F("keys_seen") + keys_seen}
    turn: dict[str, Any] = {"due_at": None, "lease": ""} if ends else {"due_at": now + LEASE}
    if not running.update(**turn, **grown, **fields):
        raise ScanTaken


def _rows_here(picture: Picture, region: str) -> dict[str, RegionKey]:
    rows = RegionKey.objects.select_for_update(of=("self",)).filter(
        key__account=picture.account, region=region
    )
    return {row.key.key_id: row for row in rows.select_related("key")}


def _before(row: RegionKey) -> Before:
    return Before(Sight(row.sight), row.first_seen_at is not None, row.last_look_at)


def _create_keys(
    difference: Difference, look: RegionObservation, *, picture: Picture, now: datetime
) -> dict[str, MultiRegionKey]:
    facts = {key.facts.key_id: key.facts for key in look.seen}
    new = []
    for key_id in sorted(difference.new_keys):
        key = MultiRegionKey(account=picture.account, key_id=key_id, first_seen_at=now, last_seen_at=now)
        if seen := facts.get(key_id):
            key.key_spec, key.key_usage, key.origin = seen.key_spec, seen.key_usage, seen.origin
            key.primary_region = seen.primary.region
        key.alias = next(iter((look.aliases or {}).get(key_id, ())), "")
        new.append(key)
    return {key.key_id: key for key in MultiRegionKey.objects.bulk_create(new)}


def _store_rows(
    difference: Difference,
    look: RegionObservation,
    *,
    here: dict[str, RegionKey],
    keys: dict[str, MultiRegionKey],
    picture: Picture,
) -> None:
    """One statement for every row of this Region, one for those that it names elsewhere."""
    for key_id, region in difference.new_rows:
        if region == look.region:
            here[key_id] = RegionKey(key=keys[key_id], region=region)
    elsewhere = [
        RegionKey(key=keys[key_id], region=region, sight=picture.blind.get(region, Sight.UNLOOKED))
        for key_id, region in sorted(difference.new_rows)
        if region != look.region
    ]
    for seen in difference.seen:
        fill_row(here[seen.facts.key_id], seen, aliases=look.aliases)
    for key_id, sight in difference.unseen.items():
        blank_row(here[key_id], sight, looked_at=look.finished_at)
        if key_id in look.undescribed:
            name_row(here[key_id], look.aliases, key_id)
    for key_id in difference.gone:
        blank_row(here[key_id], Sight.GONE, looked_at=look.finished_at)
    touched = {seen.facts.key_id for seen in difference.seen} | difference.unseen.keys() | difference.gone
    _upsert([here[key_id] for key_id in sorted(touched)])
    RegionKey.objects.bulk_create(elsewhere)


def _upsert(rows: list[RegionKey]) -> None:
    for row in rows:
        row.pk = None  # the row is found by key and Region; a second conflict on the id would be an error
    RegionKey.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["key", "region"], update_fields=STORED
    )


def _touch_keys(look: RegionObservation, *, picture: Picture, now: datetime) -> None:
    MultiRegionKey.objects.filter(
        account=picture.account,
        region_keys__region=look.region,
        region_keys__last_seen_at__gte=look.started_at,
    ).update(last_seen_at=now)
    learned = []
    for seen in look.seen:
        key = picture.keys.get(seen.facts.key_id)
        if key and not key.key_spec:
            key.key_spec, key.key_usage = seen.facts.key_spec, seen.facts.key_usage
            key.origin = seen.facts.origin
            learned.append(key)
    MultiRegionKey.objects.bulk_update(learned, ["key_spec", "key_usage", "origin"])


def _store_part(scan: Scan, look: RegionObservation) -> None:
    RegionScan.objects.update_or_create(
        scan=scan,
        region=look.region,
        defaults={
            "outcome": look.outcome,
            "problem": look.problem,
            "keys_seen": len(look.seen),
            "keys_denied": len(look.undescribed),
            "calls": look.calls,
            "started_at": look.started_at,
            "finished_at": look.finished_at,
        },
    )


def _record(
    difference: Difference,
    *,
    picture: Picture,
    keys: dict[str, MultiRegionKey],
    region: str,
    now: datetime,
) -> None:
    found: Iterable[tuple[Event, str, str]] = [
        *((Event.KEY_FIRST_SEEN, key_id, region) for key_id in sorted(difference.new_keys)),
        *((Event.KEY_REPLICA_APPEARED, key_id, where) for key_id, where in sorted(difference.appeared)),
        *((Event.KEY_REPLICA_GONE, key_id, region) for key_id in sorted(difference.gone_from_sight)),
    ]
    for event, key_id, where in found:
        log.record(
            event,
            actor=ITSELF,
            subject=key_id,
            account_id=picture.account.account_id,
            now=now,
            data={"region": where, "alias": keys[key_id].alias},
        )
