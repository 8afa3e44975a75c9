"""Puts keys on the desk without a call: quick set-up for tests, benchmarks and the demo story."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from keyconsole.sandbox.key_specs import ENCRYPT, SYMMETRIC
from keyconsole.sandbox.keys import new_key_id
from keyconsole.sandbox.lookup import STATE_WORDS
from keyconsole.sandbox.operations.lifecycle import schedule_deletion
from keyconsole.sandbox.state import Alias, Desk, Share

PLAIN_STATES = ("Enabled", "Disabled", "PendingImport", "Unavailable")
DEFAULT_WINDOW_DAYS = 30


def seed_set(
    desk: Desk,
    account_id: str,
    key_id: str | None = None,
    *,
    primary: str,
    replicas: Sequence[str] = (),
    alias: str | None = None,
    policy: str | None = None,
    tags: dict[str, str] | None = None,
    description: str = "",
    origin: str = "AWS_KMS",
    key_spec: str = SYMMETRIC,
    key_usage: str = ENCRYPT,
) -> str:
    """Spec and usage may be words that KMS does not have yet."""
    key_id = key_id or new_key_id(multi_region=True)
    own: dict[str, Any] = {"policy": policy, "tags": tags, "description": description}
    with desk.lock:
        kind = {"origin": origin, "key_spec": key_spec, "key_usage": key_usage}
        first = desk.create(account_id, primary, key_id, multi_region=True, **kind, **own)
        first.key_state = "Enabled"
        for region in replicas:
            desk.put(first.replicate(region, **own))
        for region in (primary, *replicas) if alias else ():
            seed_alias(desk, account_id, region, str(alias), key_id)
    return key_id


def seed_key(desk: Desk, account_id: str, *, region: str, alias: str | None = None, **own: Any) -> str:
    key_id = new_key_id(multi_region=False)
    with desk.lock:
        desk.create(account_id, region, key_id, multi_region=False, **own)
        if alias:
            seed_alias(desk, account_id, region, alias, key_id)
    return key_id


def seed_alias(desk: Desk, account_id: str, region: str, name: str, key_id: str | None) -> None:
    full = name if name.startswith("alias/") else f"alias/{name}"
    desk.aliases_in(account_id, region)[full] = Alias.new(full, key_id)


def share_key(desk: Desk, account_id: str, region: str, key_id: str, *, with_account: str) -> None:
    """Raises KeyError where there is no such key."""
    key = desk.keys(account_id, region)[key_id]
    with desk.lock:
        desk.shares.append(Share(key.account_id, key.region, key.id, with_account))


def set_state(desk: Desk, account_id: str, region: str, key_id: str, state: str) -> None:
    """Any state that can be set: Creating and Updating belong to a replication or a move under way."""
    key = desk.keys(account_id, region)[key_id]
    with desk.lock:
        if state in ("PendingDeletion", "PendingReplicaDeletion"):
            reached = schedule_deletion(key, days=DEFAULT_WINDOW_DAYS)["KeyState"]
            if reached != state:
                raise ValueError(f"A key in this position becomes {reached}, not {state}.")
        elif state == "Creating":
            key.creating_since = time.monotonic()
        elif state in PLAIN_STATES:
            key.key_state, key.deletes_at, key.pending_window_days = state, None, None
        else:
            known = sorted({*PLAIN_STATES, *STATE_WORDS} - {"Updating"})
            raise ValueError(f"{state!r} cannot be set. Known: {', '.join(known)}.")
