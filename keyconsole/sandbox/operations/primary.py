"""UpdatePrimaryRegion and ReplicateKey, in the order of checks that AWS showed (recorded 2026-09-12).

Unrecorded, and decided here: a single-Region key answers UnsupportedOperationException; a set that is
Updating refuses a second move, though the guide's table would allow it.
"""

from __future__ import annotations

import re
import time
from typing import Any

from moto.utilities.utils import get_partition

from keyconsole.sandbox.call import Call
from keyconsole.sandbox.errors import AwsError, invalid, invalid_state, unsupported
from keyconsole.sandbox.keys import KeySet, Move, RegionKey
from keyconsole.sandbox.lookup import find_key, is_primary, require_allowed, require_state
from keyconsole.sandbox.operations.metadata import metadata
from keyconsole.sandbox.operations.tags import listed, tags_given
from keyconsole.sandbox.state import Desk

REGION = re.compile(r"^([a-z]+-){2,3}\d+$")


def update_primary_region(desk: Desk, call: Call) -> dict[str, Any]:
    target = call.text("PrimaryRegion")
    key = find_key(desk, call)
    require_allowed(desk, call, key)
    if key.key_set is None:
        raise unsupported(f"{key.arn} is not a multi-Region key.")
    if not is_primary(desk, key.key_set, key.region):
        raise invalid_state(f"{key.arn} is not a multi-Region primary key.")
    require_state(desk, key, "Enabled")
    if target != key.region:
        _move(desk, call, key.key_set, target)
    write_move_records(desk, call, key, target)
    return {}


def _move(desk: Desk, call: Call, key_set: KeySet, target: str) -> None:
    replica = key_set.members.get(target)
    if replica is None:
        raise invalid(f"{key_set.key_id} does not have a replica key in the specified Region.")
    require_allowed(desk, call, replica)
    require_state(desk, replica, "Enabled")
    if desk.faults.take(("ignore",), operation=call.operation, account=call.account_id, region=call.region):
        return
    key_set.move = key_set.last_move = Move(key_set.primary_region, target, time.monotonic())
    key_set.primary_region = target


def write_move_records(desk: Desk, call: Call, key: RegionKey, target: str) -> None:
    at = time.time()
    asked = {"keyId": call.body["KeyId"], "primaryRegion": target}
    desk.trail.write(
        call.operation,
        region=key.region,
        caller=call.caller,
        request_id=call.request_id,
        parameters=asked,
        key_arn=key.arn,
        at=at,
    )
    moved = key.key_set is not None and key.key_set.primary_region == target != key.region
    if moved and key.key_set is not None:
        there = key.key_set.members[target].arn
        desk.trail.write(
            call.operation,
            region=target,
            caller=call.caller,
            request_id=call.request_id,
            parameters=asked | {"keyId": there},
            key_arn=there,
            at=at,
            invoked_by_kms=True,
        )


def replicate_key(desk: Desk, call: Call) -> dict[str, Any]:
    region = call.text("ReplicaRegion")
    key = find_key(desk, call)
    require_allowed(desk, call, key)
    if key.key_set is None or not is_primary(desk, key.key_set, key.region):
        raise unsupported(f"{key.arn} is not a multi-region primary key.")
    tags = tags_given(call)
    # Recorded: a disabled primary is told so before the replica that exists already.
    require_state(desk, key, "Enabled")
    _require_free_region(desk, key, key.key_set, region)
    replica = desk.put(
        key.replicate(
            region,
            policy=call.body.get("Policy"),
            description=call.body.get("Description") or "",
            tags=tags,
        )
    )
    replica.creating_since = time.monotonic()
    _write_replication_records(desk, call, key, replica)
    answer = {"ReplicaKeyMetadata": metadata(desk, replica), "ReplicaPolicy": replica.policy}
    return answer | ({"ReplicaTags": listed(replica.tags)} if replica.tags else {})


def _require_free_region(desk: Desk, key: RegionKey, key_set: KeySet, region: str) -> None:
    if region == key.region:
        raise invalid(f"{region} cannot have a replica because it contains the primary.")
    if not (REGION.match(region) and desk.knows_region(key.account_id, region)):
        raise invalid(
            f"Region {region} is not a valid Region or multi-Region keys are not supported in Region "
            f"{region}."
        )
    if get_partition(region) != get_partition(key.region):
        raise invalid("The replica key Region must be in the same AWS partition as the primary key Region.")
    if region in key_set.members:
        raise AwsError(
            "AlreadyExistsException",
            "You can create only one replica of each primary key in each AWS Region.",
        )


def _write_replication_records(desk: Desk, call: Call, key: RegionKey, replica: RegionKey) -> None:
    at = time.time()
    desk.trail.write(
        call.operation,
        region=key.region,
        caller=call.caller,
        request_id=call.request_id,
        parameters={"keyId": call.body["KeyId"], "replicaRegion": replica.region},
        key_arn=key.arn,
        at=at,
    )
    desk.trail.write(
        "CreateKey",
        region=replica.region,
        caller=call.caller,
        request_id=call.request_id,
        parameters={"multiRegion": True, "origin": replica.origin, "keySpec": replica.key_spec},
        key_arn=replica.arn,
        at=at,
        invoked_by_kms=True,
    )
