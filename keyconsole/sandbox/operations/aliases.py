"""CreateAlias, UpdateAlias, DeleteAlias, and what may be called how.

The prefix was recorded 2023, the other rules stand in the API model. Sentences that nobody recorded are
moto's where it has one, and else are the sandbox's own.
"""

from __future__ import annotations

import re
import time
from dataclasses import replace
from typing import Any

from keyconsole.sandbox.call import Call
from keyconsole.sandbox.errors import AwsError, invalid, not_found, violated
from keyconsole.sandbox.key_specs import type_of
from keyconsole.sandbox.keys import RegionKey, key_arn
from keyconsole.sandbox.lookup import is_alias, require_allowed
from keyconsole.sandbox.operations.labels import changeable_key
from keyconsole.sandbox.state import Alias, Desk

PREFIX, RESERVED = "alias/", "alias/aws/"
PATTERN = "^[a-zA-Z0-9:/_-]+$"
MOST_CHARACTERS = 256
MOST_OF_A_KEY = 50  # developer guide, resource quotas


def create_alias(desk: Desk, call: Call) -> dict[str, Any]:
    name = _name(call)
    key = _target(desk, call)
    aliases = desk.aliases_in(call.account_id, call.region)
    if name in aliases:
        raise AwsError("AlreadyExistsException", f"An alias with the name {_arn(call, name)} already exists")
    _require_room(desk, key)
    aliases[name] = Alias.new(name, key.id)
    return {}


def update_alias(desk: Desk, call: Call) -> dict[str, Any]:
    alias = _existing(desk, call)
    key, current = _target(desk, call), _key_of(desk, call, alias)
    if current is not None:
        require_allowed(desk, call, current)
        _require_same_kind(current, key)
    if current is not key:
        _require_room(desk, key)
    moved = replace(alias, key_id=key.id, pointed_at=time.time())
    desk.aliases_in(call.account_id, call.region)[alias.name] = moved
    return {}


def delete_alias(desk: Desk, call: Call) -> dict[str, Any]:
    alias = _existing(desk, call)
    if key := _key_of(desk, call, alias):
        require_allowed(desk, call, key)
    del desk.aliases_in(call.account_id, call.region)[alias.name]
    return {}


def _name(call: Call) -> str:
    name = call.text("AliasName")
    if len(name) > MOST_CHARACTERS:
        raise violated("AliasName", f"have length less than or equal to {MOST_CHARACTERS}", value=name)
    if not re.fullmatch(PATTERN, name):
        raise violated("AliasName", f"satisfy regular expression pattern: {PATTERN}", value=name)
    if not name.startswith(PREFIX):
        raise invalid(
            'Alias must start with the prefix "alias/". Please see '
            "https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html"
        )
    if name == PREFIX:
        raise invalid("Invalid identifier")
    if ":" in name:
        raise invalid(f"{name} contains invalid characters for an alias")
    if name.startswith(RESERVED):
        raise AwsError("NotAuthorizedException")
    return name


def _existing(desk: Desk, call: Call) -> Alias:
    name = _name(call)
    alias = desk.aliases_in(call.account_id, call.region).get(name)
    if alias is None:
        raise not_found(f"Alias {_arn(call, name)} is not found.")
    return alias


def _target(desk: Desk, call: Call) -> RegionKey:
    if is_alias(call.text("TargetKeyId")):
        raise invalid("Aliases must refer to keys. Not aliases")
    return changeable_key(desk, call, name="TargetKeyId")


def _key_of(desk: Desk, call: Call, alias: Alias) -> RegionKey | None:
    return desk.keys(call.account_id, call.region).get(alias.key_id or "")


def _require_room(desk: Desk, key: RegionKey) -> None:
    aliases = desk.aliases_in(key.account_id, key.region).values()
    if sum(alias.key_id == key.id for alias in aliases) >= MOST_OF_A_KEY:
        raise AwsError("LimitExceededException", f"{key.arn} has {MOST_OF_A_KEY} aliases already.")


def _require_same_kind(current: RegionKey, new: RegionKey) -> None:
    """API model: both symmetric or both asymmetric or both HMAC, with the same usage."""
    if (type_of(current.key_spec), current.key_usage) != (type_of(new.key_spec), new.key_usage):
        raise invalid(f"{new.arn} has another type or usage than {current.arn}, the alias's present key.")


def _arn(call: Call, name: str) -> str:
    return key_arn(call.region, call.account_id, "").removesuffix("key/") + name
