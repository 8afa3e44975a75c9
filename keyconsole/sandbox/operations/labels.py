"""What each Region key has of its own: aliases, tags, description, key policy. None is synchronised."""

from __future__ import annotations

import json
import re
import time
from typing import Any

from keyconsole.sandbox.call import Call
from keyconsole.sandbox.errors import AwsError, invalid, invalid_state, not_found
from keyconsole.sandbox.keys import RegionKey, key_arn
from keyconsole.sandbox.lookup import STATE_WORDS, find_key, require_allowed, state_of
from keyconsole.sandbox.operations.lifecycle import PENDING
from keyconsole.sandbox.state import Alias, Desk

ALIAS = re.compile(r"^alias/[a-zA-Z0-9/_-]{1,250}$")
MAX_TAGS = 50


def create_alias(desk: Desk, call: Call) -> dict[str, Any]:
    name = _alias_name(call)
    aliases = desk.aliases_in(call.account_id, call.region)
    key = _changeable(desk, call, name="TargetKeyId")
    if name in aliases:
        raise AwsError(
            "AlreadyExistsException", f"An alias with the name {_alias_arn(call, name)} already exists"
        )
    aliases[name] = Alias(name, key.id, time.time())
    return {}


def update_alias(desk: Desk, call: Call) -> dict[str, Any]:
    name = _alias_name(call)
    _require_alias(desk, call, name)
    key = _changeable(desk, call, name="TargetKeyId")
    desk.aliases_in(call.account_id, call.region)[name] = Alias(name, key.id, time.time())
    return {}


def delete_alias(desk: Desk, call: Call) -> dict[str, Any]:
    name = _alias_name(call)
    _require_alias(desk, call, name)
    del desk.aliases_in(call.account_id, call.region)[name]
    return {}


def tag_resource(desk: Desk, call: Call) -> dict[str, Any]:
    key = _changeable(desk, call)
    tags = key.tags | {tag["TagKey"]: tag["TagValue"] for tag in call.body.get("Tags") or ()}
    if len(tags) > MAX_TAGS:
        raise AwsError("TagException", "Too many tags.")
    key.tags = tags
    return {}


def untag_resource(desk: Desk, call: Call) -> dict[str, Any]:
    key = _changeable(desk, call)
    for name in call.body.get("TagKeys") or ():
        key.tags.pop(name, None)
    return {}


def update_key_description(desk: Desk, call: Call) -> dict[str, Any]:
    _changeable(desk, call).description = call.text("Description")
    return {}


def put_key_policy(desk: Desk, call: Call) -> dict[str, Any]:
    key = find_key(desk, call)
    require_allowed(desk, call, key)
    policy = call.text("Policy")
    try:
        json.loads(policy)
    except ValueError:
        raise AwsError("MalformedPolicyDocumentException", "The new key policy is not valid JSON.") from None
    key.policy = policy
    return {}


def _changeable(desk: Desk, call: Call, *, name: str = "KeyId") -> RegionKey:
    key = find_key(desk, call, name=name)
    require_allowed(desk, call, key)
    state = state_of(desk, key)
    if state in PENDING:
        raise invalid_state(f"{key.arn} is {STATE_WORDS[state]}.")
    return key


def _alias_name(call: Call) -> str:
    name = call.text("AliasName")
    if not ALIAS.match(name):
        raise invalid("Invalid identifier")
    if name.startswith("alias/aws/"):
        raise AwsError("NotAuthorizedException", "Aliases that begin with alias/aws/ belong to AWS.")
    return name


def _require_alias(desk: Desk, call: Call, name: str) -> None:
    if name not in desk.aliases_in(call.account_id, call.region):
        raise not_found(f"Alias {_alias_arn(call, name)} is not found.")


def _alias_arn(call: Call, name: str) -> str:
    return key_arn(call.region, call.account_id, "").removesuffix("key/") + name
