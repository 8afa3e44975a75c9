"""The reads of one key and of aliases: DescribeKey, ListAliases, GetKeyPolicy, ListResourceTags."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from keyconsole.sandbox.call import Call
from keyconsole.sandbox.errors import not_found
from keyconsole.sandbox.keys import key_arn
from keyconsole.sandbox.lookup import find_key, require_allowed
from keyconsole.sandbox.operations.metadata import metadata
from keyconsole.sandbox.operations.paging import page
from keyconsole.sandbox.operations.tags import listed
from keyconsole.sandbox.state import Alias, Desk


def describe_key(desk: Desk, call: Call) -> dict[str, Any]:
    key = find_key(desk, call, alias_allowed=True)
    require_allowed(desk, call, key)
    return {"KeyMetadata": metadata(desk, key)}


def list_aliases(desk: Desk, call: Call) -> dict[str, Any]:
    aliases: Iterable[Alias] = desk.aliases_in(call.account_id, call.region).values()
    if "KeyId" in call.body:
        key = find_key(desk, call)
        aliases = [alias for alias in aliases if alias.key_id == key.id]
    shown, following = page(call, aliases, by=lambda alias: alias.name, default=50, maximum=100)
    arn = key_arn(call.region, call.account_id, "").removesuffix("key/")
    return {"Aliases": [_shown(alias, arn) for alias in shown]} | following


def _shown(alias: Alias, arn: str) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "AliasName": alias.name,
        "AliasArn": arn + alias.name,
        "CreationDate": alias.created_at,
        "LastUpdatedDate": alias.pointed_at,
    }
    return shown | ({"TargetKeyId": alias.key_id} if alias.key_id else {})


def get_key_policy(desk: Desk, call: Call) -> dict[str, Any]:
    key = find_key(desk, call)
    require_allowed(desk, call, key)
    if call.body.get("PolicyName", "default") != "default":
        raise not_found("No such policy exists")
    return {"Policy": key.policy, "PolicyName": "default"}


def list_resource_tags(desk: Desk, call: Call) -> dict[str, Any]:
    key = find_key(desk, call)
    require_allowed(desk, call, key)
    names, following = page(call, key.tags, by=str, default=50, maximum=50)
    return {"Tags": listed({name: key.tags[name] for name in names})} | following
