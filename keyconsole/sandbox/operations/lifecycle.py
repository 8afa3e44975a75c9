"""A key's life: CreateKey, EnableKey, DisableKey, ScheduleKeyDeletion, CancelKeyDeletion.

Which state refuses what is the key-state table of the developer guide (2023); which usage fits which spec was
recorded 2023 and 2026-09-12.
"""

from __future__ import annotations

import time
from typing import Any

from keyconsole.sandbox.call import Call
from keyconsole.sandbox.errors import invalid, invalid_state, not_here
from keyconsole.sandbox.key_specs import ALGORITHMS, ENCRYPT, FIELD_BY_USAGE, SYMMETRIC
from keyconsole.sandbox.keys import DAY_SECONDS, RegionKey, new_key_id
from keyconsole.sandbox.lookup import PENDING, find_key, require_allowed, require_state, state_of
from keyconsole.sandbox.operations.metadata import metadata
from keyconsole.sandbox.operations.tags import tags_given
from keyconsole.sandbox.state import Desk


def create_key(desk: Desk, call: Call) -> dict[str, Any]:
    body = call.body
    multi_region = bool(body.get("MultiRegion"))
    key_spec = _key_spec(call)
    key_usage = _key_usage(call, key_spec)
    key = desk.create(
        call.account_id,
        call.region,
        new_key_id(multi_region=multi_region),
        multi_region=multi_region,
        policy=body.get("Policy"),
        description=body.get("Description") or "",
        tags=tags_given(call),
        key_spec=key_spec,
        key_usage=key_usage,
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


def _key_spec(call: Call) -> str:
    name = "CustomerMasterKeySpec" if "CustomerMasterKeySpec" in call.body else "KeySpec"
    key_spec = call.choice(name, (*ALGORITHMS, "SM2"), default=SYMMETRIC)
    if key_spec not in ALGORITHMS:
        raise not_here(f"The sandbox makes no keys for {key_spec}.")
    return key_spec


def _key_usage(call: Call, key_spec: str) -> str:
    key_usage = call.choice("KeyUsage", FIELD_BY_USAGE, default=ENCRYPT)
    if "KeyUsage" not in call.body and key_spec != SYMMETRIC:
        raise invalid(
            "You must specify a KeyUsage value for all KMS keys except for symmetric encryption keys."
        )
    if key_usage not in ALGORITHMS[key_spec]:
        raise invalid(f"KeyUsage {key_usage} is not compatible with KeySpec {key_spec}")
    return key_usage


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
    days = call.number("PendingWindowInDays", default=30, minimum=7, maximum=30)
    key = find_key(desk, call)
    require_allowed(desk, call, key)
    require_state(desk, key, "Enabled", "Disabled", "PendingImport")
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
