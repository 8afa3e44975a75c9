"""ListKeys: the account's own keys, and those that others share with it where they are asked for (API model).

A marker belongs to the owners that it was given for. The fault `shared-unasked` lists shared keys to callers
who do not know of them.
"""

from __future__ import annotations

import json
from typing import Any

from keyconsole.sandbox.call import Call
from keyconsole.sandbox.errors import AwsError, violated
from keyconsole.sandbox.keys import key_arn
from keyconsole.sandbox.operations.paging import read_marker, write_marker
from keyconsole.sandbox.state import Desk

OURS, THEIRS = "SELF", "OTHER_ACCOUNTS_VIA_RAM"
OWNERS = (OURS, THEIRS)


def list_keys(desk: Desk, call: Call) -> dict[str, Any]:
    owners = _owners(desk, call)
    turn, after = _place(call, owners)
    limit = call.limit(default=100, maximum=1000)
    accounts = _owned(desk, call) if owners[turn] == OURS else _shared(desk, call)
    left = sorted(key_id for key_id in accounts if key_id > after)
    page = left[:limit]
    answer: dict[str, Any] = {"Keys": [_entry(call.region, accounts[key_id], key_id) for key_id in page]}
    if len(left) > limit:
        return answer | _following(owners, turn, page[-1])
    if turn + 1 < len(owners):
        return answer | _following(owners, turn + 1, "")
    return answer | {"Truncated": False}


def _owners(desk: Desk, call: Call) -> tuple[str, ...]:
    """In the order in which their keys are listed, whatever the order of the question."""
    asked = call.body.get("ResourceOwners")
    if asked is None:
        place = {"operation": call.operation, "account": call.account_id, "region": call.region}
        return OWNERS if desk.faults.is_on("shared-unasked", **place) else (OURS,)
    if not 1 <= len(asked) <= len(OWNERS):
        raise violated("ResourceOwners", "have length between 1 and 2", value=asked)
    if set(asked) - set(OWNERS):
        raise violated("ResourceOwners", f"satisfy enum value set: [{', '.join(OWNERS)}]", value=asked)
    return tuple(owner for owner in OWNERS if owner in asked)


def _owned(desk: Desk, call: Call) -> dict[str, str]:
    return dict.fromkeys(desk.keys(call.account_id, call.region), call.account_id)


def _shared(desk: Desk, call: Call) -> dict[str, str]:
    return {
        share.key_id: share.owner
        for share in desk.shares
        if (share.with_account, share.region) == (call.account_id, call.region)
    }


def _entry(region: str, account_id: str, key_id: str) -> dict[str, str]:
    return {"KeyId": key_id, "KeyArn": key_arn(region, account_id, key_id)}


def _following(owners: tuple[str, ...], turn: int, after: str) -> dict[str, Any]:
    return {"Truncated": True, "NextMarker": write_marker(json.dumps([owners, turn, after]))}


def _place(call: Call, owners: tuple[str, ...]) -> tuple[int, str]:
    if "Marker" not in call.body:
        return 0, ""
    try:
        asked, turn, after = json.loads(read_marker(call))
    except ValueError:
        raise AwsError("InvalidMarkerException") from None
    if tuple(asked) != owners:
        raise AwsError("InvalidMarkerException")
    return turn, after
