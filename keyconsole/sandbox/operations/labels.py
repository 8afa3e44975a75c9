"""What each Region key has of its own and nothing synchronises: description and key policy."""

from __future__ import annotations

import json
from typing import Any

from keyconsole.sandbox.call import Call
from keyconsole.sandbox.errors import AwsError, invalid_state
from keyconsole.sandbox.keys import RegionKey
from keyconsole.sandbox.lookup import PENDING, STATE_WORDS, find_key, require_allowed, state_of
from keyconsole.sandbox.state import Desk


def update_key_description(desk: Desk, call: Call) -> dict[str, Any]:
    changeable_key(desk, call).description = call.text("Description")
    return {}


def put_key_policy(desk: Desk, call: Call) -> dict[str, Any]:
    """In every state, pending deletion too (recorded 2026-09-12)."""
    key = find_key(desk, call)
    require_allowed(desk, call, key)
    policy = call.text("Policy")
    try:
        json.loads(policy)
    except ValueError:
        raise AwsError("MalformedPolicyDocumentException", "The new key policy is not valid JSON.") from None
    key.policy = policy
    return {}


def changeable_key(desk: Desk, call: Call, *, name: str = "KeyId") -> RegionKey:
    """A key whose labels may change: any that is not pending deletion (key-state table of the guide)."""
    key = find_key(desk, call, name=name)
    require_allowed(desk, call, key)
    state = state_of(desk, key)
    if state in PENDING:
        raise invalid_state(f"{key.arn} is {STATE_WORDS[state]}.")
    return key
