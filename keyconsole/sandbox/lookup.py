"""Finds the key that a request means, and refuses a caller or a state, in KMS's words.

The sentences of NotFound and of each state were recorded from AWS (2025, 2026-09-12) or stand in the
developer guide's table of key states.
"""

from __future__ import annotations

import re
import time

from keyconsole.sandbox.call import Call
from keyconsole.sandbox.errors import AwsError, disabled, invalid_state, not_found
from keyconsole.sandbox.key_policies import denies
from keyconsole.sandbox.keys import KeySet, RegionKey, key_arn
from keyconsole.sandbox.state import Desk

KEY_ID = re.compile(r"^(mrk-[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$", re.IGNORECASE)
STATE_WORDS = {
    "Creating": "creating",
    "Updating": "updating",
    "PendingDeletion": "pending deletion",
    "PendingReplicaDeletion": "pending replica deletion",
    "PendingImport": "pending import",
    "Unavailable": "unavailable",
}


def find_key(desk: Desk, call: Call, *, name: str = "KeyId", alias_allowed: bool = False) -> RegionKey:
    asked = call.text(name)
    if asked.startswith("alias/") or ":alias/" in asked:
        if not alias_allowed:
            raise AwsError("InvalidArnException", "Key Aliases are not supported for this operation.")
        return _by_alias(desk, call, asked)
    key_id = _id_from_arn(call, asked) if asked.startswith("arn:") else asked
    keys = desk.keys(call.account_id, call.region)
    if key_id in keys:
        return keys[key_id]
    if not asked.startswith("arn:") and not KEY_ID.match(key_id):
        raise not_found(f"Invalid keyId '{asked}'")
    raise not_found(f"Key '{key_arn(call.region, call.account_id, key_id)}' does not exist")


def _id_from_arn(call: Call, arn: str) -> str:
    parts = arn.split(":")
    if len(parts) != 6 or parts[2] != "kms" or not parts[5].startswith("key/"):
        raise AwsError("InvalidArnException", f"Invalid arn {arn}")
    if parts[3] != call.region:
        raise not_found(f"Invalid arn {parts[3]}")
    if parts[4] != call.account_id:
        raise AwsError(
            "AccessDeniedException",
            f"User: {call.caller.arn} is not authorized to perform: kms:{call.operation} on resource: {arn} "
            "because the resource does not exist in this Region, no resource-based policies allow access, or "
            "a resource-based policy explicitly denies access",
        )
    return parts[5].removeprefix("key/")


def _by_alias(desk: Desk, call: Call, asked: str) -> RegionKey:
    name = "alias/" + asked.split("alias/", 1)[1]
    alias = desk.aliases_in(call.account_id, call.region).get(name)
    key = desk.keys(call.account_id, call.region).get(alias.key_id or "") if alias else None
    if key is None:
        arn = key_arn(call.region, call.account_id, "").removesuffix("key/") + name
        raise not_found(f"Alias {arn} is not found.")
    return key


def require_allowed(desk: Desk, call: Call, key: RegionKey) -> None:
    """The right to this one Region key; a multi-Region operation asks for each key that it touches."""
    denied = denies(key.policy, action=f"kms:{call.operation}", caller=call.caller)
    if not denied and key.region != call.region:
        fault = desk.faults.take(
            ("deny",), operation=call.operation, account=call.account_id, region=key.region
        )
        denied = fault is not None
    if denied:
        raise AwsError("AccessDeniedException", denied_sentence(call, key.arn))


def denied_sentence(call: Call, resource: str) -> str:
    return (
        f"User: {call.caller.arn} is not authorized to perform: {call.service}:{call.operation} on resource: "
        f"{resource} with an explicit deny in a resource-based policy"
    )


def state_of(desk: Desk, key: RegionKey) -> str:
    key_set = key.key_set
    if key_set is not None:
        desk.settle(key_set)
        if key_set.move is not None and key.region in (key_set.move.from_region, key_set.move.to_region):
            return "Updating"
    if key.creating_since is not None:
        if _still_creating(desk, key, key.creating_since):
            return "Creating"
        key.creating_since = None
    return str(key.key_state)


def _still_creating(desk: Desk, key: RegionKey, since: float) -> bool:
    if time.monotonic() - since < desk.settings.settle_seconds:
        return True
    place = {"operation": "ReplicateKey", "account": key.account_id, "region": key.region}
    return desk.faults.is_on("never-settle", **place) is not None


def is_primary(desk: Desk, key_set: KeySet, region: str) -> bool:
    """With the picture `two-replicas` a set has no primary at all while it moves."""
    desk.settle(key_set)
    if key_set.move is not None and desk.settings.picture == "two-replicas":
        return False
    return key_set.primary_region == region


def require_state(desk: Desk, key: RegionKey, *allowed: str) -> None:
    state = state_of(desk, key)
    if state in allowed:
        return
    if state == "Disabled":
        raise disabled(key.arn)
    raise invalid_state(f"{key.arn} is {STATE_WORDS.get(state, state.lower())}.")
