"""Reading key policies: is there an explicit Deny, and has a policy changed? Pure.

An explicit Deny in either key's policy blocks a move whatever else allows it. What a policy allows is not
judged here: that needs the caller's IAM policies, too, and only AWS knows those.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Denial:
    """A Deny statement that meets the caller. `conditional`: it may, depending on what only AWS knows."""

    sid: str
    conditional: bool


def explicit_deny(policy_json: str, *, action: str, principal: str) -> Denial | None:
    """The first certain Deny of `action` for `principal` (an ARN as STS says it), else the first possible.

    Raise ValueError if the text is no policy.
    """
    possible: Denial | None = None
    for number, statement in enumerate(_statements(policy_json), start=1):
        if statement.get("Effect") != "Deny" or not _covers_action(statement, action):
            continue
        certain = _covers_principal(statement, principal)
        if certain is False:
            continue
        sid = str(statement.get("Sid") or f"statement {number}")
        if certain and not statement.get("Condition"):
            return Denial(sid, conditional=False)
        possible = possible or Denial(sid, conditional=True)
    return possible


def policy_digest(policy_json: str) -> str:
    """SHA-256 of the policy's canonical JSON: the same whatever the white space and the order of names."""
    canonical = json.dumps(_loaded(policy_json), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def _loaded(policy_json: str) -> dict[str, Any]:
    try:
        policy = json.loads(policy_json)
    except json.JSONDecodeError as error:
        raise ValueError("The key policy is not JSON.") from error
    if not isinstance(policy, dict):
        raise ValueError("The key policy is not a JSON object.")  # noqa: TRY004 - the text is wrong, not its type
    return policy


def _statements(policy_json: str) -> list[dict[str, Any]]:
    return [
        statement
        for statement in _listed(_loaded(policy_json).get("Statement"))
        if isinstance(statement, dict)
    ]


def _listed(value: Any) -> list[Any]:
    """IAM lets a list of one stand as the one."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _covers_action(statement: dict[str, Any], action: str) -> bool:
    if "NotAction" in statement:
        return not any(_matches(str(pattern), action) for pattern in _listed(statement["NotAction"]))
    return any(_matches(str(pattern), action) for pattern in _listed(statement.get("Action")))


def _matches(pattern: str, action: str) -> bool:
    expression = re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")
    return re.fullmatch(expression, action, re.IGNORECASE) is not None


def _covers_principal(statement: dict[str, Any], principal: str) -> bool | None:
    """True or False where it is certain; None where it is not.

    NotPrincipal with Deny spares a caller only if its account and, of a session, its role are named as well
    (IAM User Guide); with a part of these AWS may still deny.
    """
    names = _names_of(principal)
    if "NotPrincipal" in statement:
        spared = _named(statement["NotPrincipal"])
        if "*" in spared or all(name & spared for name in names):
            return False
        return None if any(name & spared for name in names) else True
    named = _named(statement.get("Principal"))
    return "*" in named or any(name & named for name in names)


def _named(element: Any) -> set[str]:
    if isinstance(element, dict):
        element = element.get("AWS")
    return {_without_role_path(str(name)) for name in _listed(element)}


def _names_of(principal: str) -> list[set[str]]:
    """Each identity that the caller has at once, with the ways to write it: itself, its role, its account."""
    parts = principal.split(":", 5)
    if len(parts) != 6:
        raise ValueError(f"{principal!r} is not an ARN.")
    _, partition, _, _, account_id, resource = parts
    names = [{_without_role_path(principal)}]
    if resource.startswith("assumed-role/"):
        role = resource.split("/")[1]
        names.append({f"arn:{partition}:iam::{account_id}:role/{role}"})
    names.append({account_id, f"arn:{partition}:iam::{account_id}:root"})
    return names


def _without_role_path(name: str) -> str:
    """A session's ARN has lost its role's path, so roles are compared without."""
    head, found, path = name.partition(":role/")
    return f"{head}{found}{path.rsplit('/', 1)[-1]}" if found else name
