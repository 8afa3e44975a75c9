"""The key of a cryptographic operation, refused in KMS's order: who, state, usage, algorithm.

That the state comes before the kind and the algorithm was recorded (2025, 2026-09-12); that it comes before
the usage is decided here by the same token.
"""

from __future__ import annotations

from keyconsole.sandbox.call import Call
from keyconsole.sandbox.errors import AwsError, unusable
from keyconsole.sandbox.key_specs import algorithms_of
from keyconsole.sandbox.keys import RegionKey
from keyconsole.sandbox.lookup import find_key, require_allowed, require_state
from keyconsole.sandbox.state import Desk

# Key-state table of the developer guide (2023): cryptography goes on while a set moves.
USABLE = ("Enabled", "Updating")


def usable_key(desk: Desk, call: Call, *, usage: str, name: str = "KeyId", action: str = "") -> RegionKey:
    key = find_key(desk, call, name=name, alias_allowed=True)
    require_allowed(desk, call, key, action=action)
    require_state(desk, key, *USABLE)
    require_usage(call, key, usage)
    return key


def require_usage(call: Call, key: RegionKey, usage: str) -> None:
    if key.key_usage != usage:
        raise unusable(f"{key.arn} key usage is {key.key_usage} which is not valid for {call.operation}.")


def require_algorithm(key: RegionKey, algorithm: str) -> None:
    if algorithm not in algorithms_of(key.key_spec, key.key_usage):
        raise unusable(f"Algorithm {algorithm} is incompatible with key spec {key.key_spec}.")


def end_dry_run(call: Call) -> None:
    """Called where all that is left is to answer: a signature that does not fit fails in a dry run, too."""
    if call.dry_run:
        raise AwsError(
            "DryRunOperationException", "The request would have succeeded, but the DryRun option is set."
        )
