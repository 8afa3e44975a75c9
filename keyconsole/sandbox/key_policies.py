"""Reads Deny and Allow statements of a key policy; the sandbox evaluates nothing else of IAM.

A caller of the key's own account is allowed unless a Deny names it; one of another account must be named by
an Allow besides (API model: cross-account use). Statements with a Condition are skipped: evaluating
condition keys is beyond a sandbox.
"""

from __future__ import annotations

import json
import re
from fnmatch import fnmatchcase
from typing import Any

from keyconsole.sandbox.cloudtrail import Caller

ASSUMED_ROLE = re.compile(r"^arn:(?P<partition>[\w-]+):sts::(?P<account>\d+):assumed-role/(?P<role>[^/]+)/")


def denies(policy: str, *, action: str, caller: Caller) -> bool:
    return _has(policy, "Deny", action, caller)


def allows(policy: str, *, action: str, caller: Caller) -> bool:
    return _has(policy, "Allow", action, caller)


def _has(policy: str, effect: str, action: str, caller: Caller) -> bool:
    try:
        statements = json.loads(policy).get("Statement", [])
    except (ValueError, AttributeError):
        return False
    return any(_applies(statement, effect, action, caller) for statement in _as_list(statements))


def _applies(statement: dict[str, Any], effect: str, action: str, caller: Caller) -> bool:
    if statement.get("Effect") != effect or statement.get("Condition"):
        return False
    if "NotAction" in statement:
        acts = not _action_among(statement["NotAction"], action)
    else:
        acts = _action_among(statement.get("Action", []), action)
    if not acts:
        return False
    if "NotPrincipal" in statement:
        return not _names(statement["NotPrincipal"], caller)
    return _names(statement.get("Principal", {}), caller)


def _action_among(patterns: Any, action: str) -> bool:
    return any(fnmatchcase(action.lower(), str(pattern).lower()) for pattern in _as_list(patterns))


def _names(principal: Any, caller: Caller) -> bool:
    if principal == "*":
        return True
    named = _as_list(principal.get("AWS", [])) if isinstance(principal, dict) else []
    return any(name in _identities(caller) for name in named)


def _identities(caller: Caller) -> set[str]:
    partition = caller.arn.split(":")[1]
    identities = {"*", caller.account_id, f"arn:{partition}:iam::{caller.account_id}:root", caller.arn}
    if role := ASSUMED_ROLE.match(caller.arn):
        identities.add(f"arn:{role['partition']}:iam::{role['account']}:role/{role['role']}")
    return identities


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
