"""The reads: ListKeys, DescribeKey, ListAliases, GetKeyPolicy, ListResourceTags, with KMS's page limits."""

from __future__ import annotations

import base64
from bisect import bisect_right
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from keyconsole.sandbox.call import Call
from keyconsole.sandbox.errors import AwsError, not_found
from keyconsole.sandbox.keys import key_arn
from keyconsole.sandbox.lookup import find_key, require_allowed
from keyconsole.sandbox.operations.metadata import metadata
from keyconsole.sandbox.state import Alias, Desk

Item = TypeVar("Item")


def list_keys(desk: Desk, call: Call) -> dict[str, Any]:
    key_ids = desk.keys(call.account_id, call.region)
    page, following = _page(call, key_ids, by=str, default=100, maximum=1000)
    arn = key_arn(call.region, call.account_id, "")
    return {"Keys": [{"KeyId": key_id, "KeyArn": arn + key_id} for key_id in page]} | following


def describe_key(desk: Desk, call: Call) -> dict[str, Any]:
    key = find_key(desk, call, alias_allowed=True)
    require_allowed(desk, call, key)
    return {"KeyMetadata": metadata(desk, key)}


def list_aliases(desk: Desk, call: Call) -> dict[str, Any]:
    aliases: Iterable[Alias] = desk.aliases_in(call.account_id, call.region).values()
    if "KeyId" in call.body:
        key = find_key(desk, call)
        aliases = [alias for alias in aliases if alias.key_id == key.id]
    page, following = _page(call, aliases, by=lambda alias: alias.name, default=50, maximum=100)
    arn = key_arn(call.region, call.account_id, "").removesuffix("key/")
    return {"Aliases": [_shown(alias, arn) for alias in page]} | following


def _shown(alias: Alias, arn: str) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "AliasName": alias.name,
        "AliasArn": arn + alias.name,
        "CreationDate": alias.created_at,
        "LastUpdatedDate": alias.created_at,
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
    page, following = _page(call, key.tags, by=str, default=50, maximum=50)
    return {"Tags": [{"TagKey": name, "TagValue": key.tags[name]} for name in page]} | following


def _page(
    call: Call, items: Iterable[Item], *, by: Callable[[Item], str], default: int, maximum: int
) -> tuple[list[Item], dict[str, Any]]:
    limit = call.limit(default=default, maximum=maximum)
    ordered = sorted(items, key=by)
    start = bisect_right(ordered, _after(call), key=by) if "Marker" in call.body else 0
    page = ordered[start : start + limit]
    if start + limit >= len(ordered):
        return page, {"Truncated": False}
    marker = base64.b64encode(by(page[-1]).encode()).decode()
    return page, {"Truncated": True, "NextMarker": marker}


def _after(call: Call) -> str:
    try:
        return base64.b64decode(call.text("Marker"), validate=True).decode()
    except ValueError:
        raise AwsError("InvalidMarkerException", "Invalid marker.") from None
