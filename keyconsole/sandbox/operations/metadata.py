"""What DescribeKey shows: KeyMetadata, also in the seconds when a set is between two primaries.

Observed about a second after a move (2026-09-12): both keys Updating and Enabled=false, roles already
swapped. The documentation speaks of two replicas for a while; both pictures can be chosen.
"""

from __future__ import annotations

import time
from typing import Any

from keyconsole.sandbox.key_specs import FIELD_BY_USAGE, SYMMETRIC, algorithms_of
from keyconsole.sandbox.keys import KeySet, RegionKey, key_arn
from keyconsole.sandbox.lookup import is_primary, state_of
from keyconsole.sandbox.rotations import current_material
from keyconsole.sandbox.state import Desk

# Observed 2026-09-12: a replica that is being created and a key that waits for its material show no id.
WITHOUT_MATERIAL = ("Creating", "PendingImport")


def metadata(desk: Desk, key: RegionKey) -> dict[str, Any]:
    stale = key.key_set is not None and _reads_stale(desk, key.key_set, key.region)
    state = state_of(desk, key)
    if stale and state == "Updating":
        state = "Enabled"
    shown: dict[str, Any] = {
        "AWSAccountId": key.account_id,
        "KeyId": key.id,
        "Arn": key.arn,
        "CreationDate": round(key.creation_date, 3),
        "Enabled": state == "Enabled",
        "Description": key.description,
        "KeyUsage": key.key_usage,
        "KeyState": state,
        "Origin": key.origin,
        "KeyManager": key.key_manager,
        "CustomerMasterKeySpec": key.key_spec,
        "KeySpec": key.key_spec,
        "MultiRegion": key.key_set is not None,
    }
    if field := FIELD_BY_USAGE.get(key.key_usage):
        shown[field] = list(algorithms_of(key.key_spec, key.key_usage))
    if state not in WITHOUT_MATERIAL:
        shown |= _material(desk, key)
    if state == "PendingDeletion" and key.deletes_at is not None:
        shown["DeletionDate"] = round(key.deletes_at, 3)
    if state == "PendingReplicaDeletion":
        shown["PendingDeletionWindowInDays"] = key.pending_window_days
    if key.key_set is not None:
        shown["MultiRegionConfiguration"] = _configuration(desk, key, key.key_set, stale=stale)
    return shown


def _material(desk: Desk, key: RegionKey) -> dict[str, Any]:
    """Recorded 2026-09-12: an id for symmetric encryption alone, a model for imported material alone."""
    shown: dict[str, Any] = {}
    if key.key_spec == SYMMETRIC:
        shown["CurrentKeyMaterialId"] = current_material(desk, key).material_id
    if key.origin == "EXTERNAL":
        shown["ExpirationModel"] = "KEY_MATERIAL_DOES_NOT_EXPIRE"
    return shown


def _configuration(desk: Desk, key: RegionKey, key_set: KeySet, *, stale: bool) -> dict[str, Any]:
    primary_region = key_set.primary_region
    primary = is_primary(desk, key_set, key.region)
    if stale and key_set.last_move is not None:
        primary_region = key_set.last_move.from_region
        primary = key.region == primary_region
    return {
        "MultiRegionKeyType": "PRIMARY" if primary else "REPLICA",
        "PrimaryKey": _member(key_set, primary_region),
        "ReplicaKeys": [_member(key_set, region) for region in key_set.replica_regions(primary_region)],
    }


def _member(key_set: KeySet, region: str) -> dict[str, str]:
    return {"Arn": key_arn(region, key_set.account_id, key_set.key_id), "Region": region}


def _reads_stale(desk: Desk, key_set: KeySet, region: str) -> bool:
    if key_set.last_move is None:
        return False
    fault = desk.faults.is_on(
        "stale-reads", operation="DescribeKey", account=key_set.account_id, region=region
    )
    if fault is None:
        return False
    return fault.seconds is None or time.monotonic() - key_set.last_move.started < fault.seconds
