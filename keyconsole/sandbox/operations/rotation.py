"""Rotation belongs to the primary and shows in every Region of the set.

On a replica each change is refused with the operation's own name in the sentence; a replica PendingDeletion
reports rotation as off; a period that is named again, or not named, leaves the date as it was; an HMAC key
may be told not to rotate (all recorded 2026-09-12).
"""

from __future__ import annotations

import time
from typing import Any

from keyconsole.sandbox.call import Call
from keyconsole.sandbox.errors import AwsError, unsupported
from keyconsole.sandbox.key_specs import SYMMETRIC
from keyconsole.sandbox.keys import DAY_SECONDS, DEFAULT_PERIOD_DAYS, RegionKey
from keyconsole.sandbox.lookup import find_key, is_primary, require_allowed, require_state, state_of
from keyconsole.sandbox.material import Material
from keyconsole.sandbox.operations.paging import page
from keyconsole.sandbox.rotations import materials
from keyconsole.sandbox.state import Desk

PERIOD_DAYS = (90, 2560)
MOST_ON_DEMAND = 25  # API model of RotateKeyOnDemand


def enable_key_rotation(desk: Desk, call: Call) -> dict[str, Any]:
    shortest, longest = PERIOD_DAYS
    asked = call.number(
        "RotationPeriodInDays", default=DEFAULT_PERIOD_DAYS, minimum=shortest, maximum=longest
    )
    key = _administered(desk, call)
    _require_rotating_kind(call, key)
    rotation = key.rotation
    days = asked if "RotationPeriodInDays" in call.body or not rotation.enabled else rotation.period_days
    if not rotation.enabled or days != rotation.period_days:
        rotation.enabled, rotation.period_days, rotation.enabled_at = True, days, time.time()
    return {}


def disable_key_rotation(desk: Desk, call: Call) -> dict[str, Any]:
    rotation = _administered(desk, call).rotation
    rotation.enabled, rotation.period_days = False, DEFAULT_PERIOD_DAYS
    return {}


def rotate_key_on_demand(desk: Desk, call: Call) -> dict[str, Any]:
    """While one runs, another request succeeds and changes nothing (recorded)."""
    key = _administered(desk, call)
    _require_rotating_kind(call, key)
    if len(materials(desk, key)) > MOST_ON_DEMAND:
        raise AwsError("LimitExceededException", f"{key.arn} was rotated {MOST_ON_DEMAND} times on demand.")
    if key.rotation.on_demand_started_at is None:
        key.rotation.on_demand_started_at = time.time()
    return {"KeyId": key.arn}


def get_key_rotation_status(desk: Desk, call: Call) -> dict[str, Any]:
    key = find_key(desk, call)
    require_allowed(desk, call, key)
    materials(desk, key)  # a rotation whose time is over has no start any more
    rotation = key.rotation
    enabled = rotation.enabled and state_of(desk, key) != "PendingDeletion"
    answer: dict[str, Any] = {"KeyId": key.arn, "KeyRotationEnabled": enabled}
    if enabled:
        answer["RotationPeriodInDays"] = rotation.period_days
        answer["NextRotationDate"] = round(rotation.enabled_at + rotation.period_days * DAY_SECONDS, 3)
    if rotation.on_demand_started_at is not None:
        answer["OnDemandRotationStartDate"] = round(rotation.on_demand_started_at, 3)
    return answer


def list_key_rotations(desk: Desk, call: Call) -> dict[str, Any]:
    """The first material is not a rotation and is listed only where all are asked for."""
    include = call.choice("IncludeKeyMaterial", ("ALL_KEY_MATERIAL", "ROTATIONS_ONLY"), default="")
    key = find_key(desk, call)
    require_allowed(desk, call, key)
    every = materials(desk, key) if key.key_spec == SYMMETRIC else []
    first = 0 if include == "ALL_KEY_MATERIAL" else 1
    numbered = list(enumerate(every))[first:]
    shown, following = page(call, numbered, by=lambda each: f"{each[0]:04}", default=100, maximum=1000)
    entries = [_entry(key, material, is_current=material is every[-1]) for _, material in shown]
    return {"Rotations": entries} | following


def _entry(key: RegionKey, material: Material, *, is_current: bool) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "KeyId": key.arn,
        "KeyMaterialId": material.material_id,
        "KeyMaterialState": "CURRENT" if is_current else "NON_CURRENT",
    }
    if material.rotated_at is None:
        return entry
    return entry | {"RotationDate": round(material.rotated_at, 3), "RotationType": "ON_DEMAND"}


def _administered(desk: Desk, call: Call) -> RegionKey:
    """The state comes before the kind of key (recorded 2025 of an RSA key); a replica is a kind here."""
    key = find_key(desk, call)
    require_allowed(desk, call, key)
    require_state(desk, key, "Enabled", "Updating")
    if key.key_set is not None and not is_primary(desk, key.key_set, key.region):
        raise unsupported(f"{key.arn} is a multi-region replica key which is not valid for {call.operation}.")
    return key


def _require_rotating_kind(call: Call, key: RegionKey) -> None:
    if key.key_spec != SYMMETRIC:
        raise unsupported()
    if key.origin != "AWS_KMS":
        raise unsupported(f"{key.arn} origin is {key.origin} which is not valid for {call.operation}.")
