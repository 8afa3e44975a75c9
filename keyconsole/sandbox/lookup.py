"""Finds the key that a request means, and refuses a caller or a state, in KMS's words.

The sentences of NotFound and of each state were recorded from AWS (2023, 2026-09-12) or stand in the
developer guide's table of key states. Which operations work on another account's key is in the API model.
"""

from __future__ import annotations

import re
import time

from keyconsole.sandbox.call import Call
from keyconsole.sandbox.errors import AwsError, disabled, invalid_state, not_found
from keyconsole.sandbox.key_policies import allows, denies
from keyconsole.sandbox.keys import KeySet, RegionKey, key_arn
from keyconsole.sandbox.state import Desk

KEY_ID = re.compile(r"^(mrk-[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$", re.IGNORECASE)
ARN = re.compile(r"^arn:[\w-]+:kms:(?P<region>[^:]*):(?P<account>[^:]*):(?P<what>(?:key|alias)/[^:]+)$")
CROSS_ACCOUNT = frozenset({
    "CreateGrant", "Decrypt", "DescribeKey", "Encrypt", "GenerateDataKey", "GenerateDataKeyPair",
    "GenerateDataKeyPairWithoutPlaintext", "GenerateDataKeyWithoutPlaintext", "GenerateMac",
    "GetKeyRotationStatus", "GetPublicKey", "ListGrants", "ReEncrypt", "RetireGrant", "RevokeGrant", "Sign",
    "Verify", "VerifyMac",
})  # fmt: skip
PENDING = ("PendingDeletion", "PendingReplicaDeletion")
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
    if is_alias(asked) and not alias_allowed:
        raise AwsError("InvalidArnException", "Key Aliases are not supported for this operation.")
    owner, what = _owner_and_name(call, asked)
    if is_alias(asked):
        alias = desk.aliases_in(owner, call.region).get(what)
        key_id = alias.key_id if alias else None
    else:
        key_id = what.removeprefix("key/")
    key = desk.keys(owner, call.region).get(key_id or "")
    if key is not None:
        return key
    if owner != call.account_id:
        raise _closed(call, asked, f"kms:{call.operation}")
    raise _missing(call, asked, what)


def is_alias(asked: str) -> bool:
    return asked.startswith("alias/") or ":alias/" in asked


def _owner_and_name(call: Call, asked: str) -> tuple[str, str]:
    """An account and `alias/…`, `key/…` or a bare key id."""
    if not asked.startswith("arn:"):
        return call.account_id, asked
    found = ARN.match(asked)
    if found is None:
        raise AwsError("InvalidArnException", f"Invalid arn {asked}")
    if found["region"] != call.region:
        raise not_found(f"Invalid arn {found['region']}")
    if found["account"] != call.account_id and call.operation not in CROSS_ACCOUNT:
        raise _closed(call, asked, f"kms:{call.operation}")
    return found["account"], found["what"]


def _missing(call: Call, asked: str, what: str) -> AwsError:
    arn = key_arn(call.region, call.account_id, "").removesuffix("key/")
    if is_alias(asked):
        return not_found(f"Alias {arn}{what} is not found.")
    if not asked.startswith("arn:") and not KEY_ID.match(asked):
        return not_found(f"Invalid keyId '{asked}'")
    return not_found(f"Key '{arn}key/{what.removeprefix('key/')}' does not exist")


def require_allowed(desk: Desk, call: Call, key: RegionKey, *, action: str = "") -> None:
    """The right to this one Region key; a multi-Region operation asks for each key that it touches."""
    action = action or f"kms:{call.operation}"
    if key.account_id != call.account_id and not is_open_to(call, key, action):
        raise _closed(call, key.arn, action)
    denied = denies(key.policy, action=action, caller=call.caller)
    if not denied and key.region != call.region:
        fault = desk.faults.take(
            ("deny",), operation=call.operation, account=call.account_id, region=key.region
        )
        denied = fault is not None
    if denied:
        raise AwsError("AccessDeniedException", denied_sentence(call, key.arn, action=action))


def is_open_to(call: Call, key: RegionKey, action: str) -> bool:
    """Whether the policy lets a caller of another account in."""
    return allows(key.policy, action=action, caller=call.caller) and not denies(
        key.policy, action=action, caller=call.caller
    )


def denied_sentence(call: Call, resource: str, *, action: str = "") -> str:
    action = action or f"{call.service}:{call.operation}"
    return (
        f"User: {call.caller.arn} is not authorized to perform: {action} on resource: {resource} "
        "with an explicit deny in a resource-based policy"
    )


def _closed(call: Call, resource: str, action: str) -> AwsError:
    """The same for a key that is not there and for one that is closed."""
    return AwsError(
        "AccessDeniedException",
        f"User: {call.caller.arn} is not authorized to perform: {action} on resource: {resource} because the "
        "resource does not exist in this Region, no resource-based policies allow access, or a "
        "resource-based policy explicitly denies access",
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
