"""A key's life: CreateKey, EnableKey, DisableKey, ScheduleKeyDeletion, CancelKeyDeletion.

Which state refuses what is the key-state table of the developer guide (2023).
"""

from __future__ import annotations

import time
from typing import Any

from moto.kms.utils import KeySpec

from keyconsole.sandbox.call import Call
from keyconsole.sandbox.errors import invalid, invalid_state
from keyconsole.sandbox.keys import DAY_SECONDS, RegionKey, new_key_id
from keyconsole.sandbox.lookup import find_key, require_allowed, require_state, state_of
from keyconsole.sandbox.operations.metadata import metadata
from keyconsole.sandbox.state import Desk

PENDING = ("PendingDeletion", "PendingReplicaDeletion")


def create_key(desk: Desk, call: Call) -> dict[str, Any]:
    body = call.body
    multi_region = bool(body.get("MultiRegion"))
    key_spec = body.get("KeySpec") or body.get("CustomerMasterKeySpec") or "SYMMETRIC_DEFAULT"
    if key_spec not in KeySpec.key_specs():
        raise invalid(
            f"1 validation error detected: Value '{key_spec}' at 'keySpec' failed to satisfy constraint: "
            f"Member must satisfy enum value set: [{', '.join(KeySpec.key_specs())}]"
        )
    key = desk.create(
        call.account_id,
        call.region,
        new_key_id(multi_region=multi_region),
        multi_region=multi_region,
        policy=body.get("Policy"),
        description=body.get("Description") or "",
        tags={tag["TagKey"]: tag["TagValue"] for tag in body.get("Tags") or ()},
        key_spec=key_spec,
        key_usage=body.get("KeyUsage") or "ENCRYPT_DECRYPT",
        origin=body.get("Origin") or "AWS_KMS",
    )
    desk.trail.write(
        "CreateKey",
        region=call.region,
        caller=call.caller,
        request_id=call.request_id,
        parameters={"multiRegion": multi_region, "origin": key.origin, "keySpec": key.key_spec},
        key_arn=key.arn,
        at=time.time(),
    )
    return {"KeyMetadata": metadata(desk, key)}


def enable_key(desk: Desk, call: Call) -> dict[str, Any]:
    return _switch(desk, call, "Enabled")


def disable_key(desk: Desk, call: Call) -> dict[str, Any]:
    return _switch(desk, call, "Disabled")


def _switch(desk: Desk, call: Call, state: str) -> dict[str, Any]:
    key = find_key(desk, call)
    require_allowed(desk, call, key)
    require_state(desk, key, "Enabled", "Disabled")
    key.key_state = state
    return {}


def schedule_key_deletion(desk: Desk, call: Call) -> dict[str, Any]:
    key = find_key(desk, call)
    require_allowed(desk, call, key)
    require_state(desk, key, "Enabled", "Disabled", "PendingImport")
    days = call.body.get("PendingWindowInDays", 30)
    if not 7 <= days <= 30:
        raise invalid(
            f"1 validation error detected: Value '{days}' at 'pendingWindowInDays' failed to satisfy "
            "constraint: Member must have value between 7 and 30"
        )
    return schedule_deletion(key, days=days)


def schedule_deletion(key: RegionKey, *, days: int) -> dict[str, Any]:
    """A primary that still has replicas waits for them without a date of its own."""
    key_set = key.key_set
    waits = key_set is not None and key_set.primary_region == key.region and len(key_set.members) > 1
    key.pending_window_days = days
    key.key_state = "PendingReplicaDeletion" if waits else "PendingDeletion"
    answer: dict[str, Any] = {"KeyId": key.arn, "KeyState": key.key_state, "PendingWindowInDays": days}
    if not waits:
        key.deletes_at = time.time() + days * DAY_SECONDS
        answer["DeletionDate"] = round(key.deletes_at, 3)
    return answer


def cancel_key_deletion(desk: Desk, call: Call) -> dict[str, Any]:
    key = find_key(desk, call)
    require_allowed(desk, call, key)
    if state_of(desk, key) not in PENDING:
        raise invalid_state(f"{key.arn} is not pending deletion.")
    key.key_state = "Disabled"
    key.deletes_at = key.pending_window_days = None
    return {"KeyId": key.arn}
