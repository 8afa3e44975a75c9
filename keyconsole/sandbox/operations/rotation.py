"""Rotation belongs to the primary and shows in every Region of the set.

On a replica each change is refused with the operation's own name in the sentence; a replica PendingDeletion
reports rotation as off (both recorded 2026-09-12).
"""

from __future__ import annotations

import time
from typing import Any

from keyconsole.sandbox.call import Call
from keyconsole.sandbox.errors import invalid, unsupported
from keyconsole.sandbox.keys import DAY_SECONDS, RegionKey
from keyconsole.sandbox.lookup import find_key, is_primary, require_allowed, require_state, state_of
from keyconsole.sandbox.state import Desk


def enable_key_rotation(desk: Desk, call: Call) -> dict[str, Any]:
    key = _rotatable(desk, call)
    days = call.body.get("RotationPeriodInDays", key.rotation.period_days)
    if not 90 <= days <= 2560:
        raise invalid(
            f"1 validation error detected: Value '{days}' at 'rotationPeriodInDays' failed to satisfy "
            "constraint: Member must have value between 90 and 2560"
        )
    key.rotation.enabled, key.rotation.period_days, key.rotation.enabled_at = True, days, time.time()
    return {}


def disable_key_rotation(desk: Desk, call: Call) -> dict[str, Any]:
    _rotatable(desk, call).rotation.enabled = False
    return {}


def rotate_key_on_demand(desk: Desk, call: Call) -> dict[str, Any]:
    key = _rotatable(desk, call)
    key.rotation.on_demand_started_at = time.time()
    key.rotations.append({"KeyId": key.id, "RotationDate": time.time(), "RotationType": "ON_DEMAND"})
    return {"KeyId": key.id}


def get_key_rotation_status(desk: Desk, call: Call) -> dict[str, Any]:
    key = find_key(desk, call)
    require_allowed(desk, call, key)
    rotation = key.rotation
    enabled = rotation.enabled and state_of(desk, key) != "PendingDeletion"
    answer: dict[str, Any] = {"KeyId": key.arn, "KeyRotationEnabled": enabled}
    if enabled:
        answer["RotationPeriodInDays"] = rotation.period_days
        answer["NextRotationDate"] = round(rotation.enabled_at + rotation.period_days * DAY_SECONDS, 3)
    started = rotation.on_demand_started_at
    if started is not None and time.time() - started < desk.settings.settle_seconds:
        answer["OnDemandRotationStartDate"] = round(started, 3)
    return answer


def _rotatable(desk: Desk, call: Call) -> RegionKey:
    key = find_key(desk, call)
    require_allowed(desk, call, key)
    if key.key_set is not None and not is_primary(desk, key.key_set, key.region):
        raise unsupported(f"{key.arn} is a multi-region replica key which is not valid for {call.operation}.")
    if key.origin != "AWS_KMS" or key.key_spec != "SYMMETRIC_DEFAULT":
        raise unsupported(f"{key.arn} origin or key spec is not valid for {call.operation}.")
    require_state(desk, key, "Enabled", "Updating")
    return key
