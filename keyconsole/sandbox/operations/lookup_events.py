"""CloudTrail's LookupEvents: one Region's records, newest first, 50 a page, at most one attribute."""

from __future__ import annotations

from typing import Any

from keyconsole.sandbox.call import Call
from keyconsole.sandbox.cloudtrail import Record
from keyconsole.sandbox.errors import AwsError
from keyconsole.sandbox.state import Desk

PAGE = 50


def lookup_events(desk: Desk, call: Call) -> dict[str, Any]:
    attributes = call.body.get("LookupAttributes") or []
    if len(attributes) > 1:
        raise AwsError(
            "InvalidLookupAttributesException", "You can specify only one attribute for each lookup."
        )
    limit = call.body.get("MaxResults", PAGE)
    if not 1 <= limit <= PAGE:
        raise AwsError("InvalidMaxResultsException", f"MaxResults must be between 1 and {PAGE}.")
    found = [
        record
        for record in desk.trail.records(call.account_id, call.region)
        if _within(call, record) and all(_matches(record, **attribute) for attribute in attributes)
    ]
    start = _start(call)
    answer: dict[str, Any] = {"Events": [record.as_event() for record in found[start : start + limit]]}
    if start + limit < len(found):
        answer["NextToken"] = str(start + limit)
    return answer


def _start(call: Call) -> int:
    token = str(call.body.get("NextToken", "0"))
    if not token.isdecimal():
        raise AwsError("InvalidNextTokenException", "Invalid token.")
    return int(token)


def _within(call: Call, record: Record) -> bool:
    after, before = call.body.get("StartTime"), call.body.get("EndTime")
    return (after is None or record.at >= after) and (before is None or record.at <= before)


def _matches(record: Record, *, AttributeKey: str, AttributeValue: str) -> bool:  # noqa: N803
    event = record.as_event()
    if AttributeKey == "ResourceName":
        return AttributeValue in record.resources
    if AttributeKey == "ResourceType":
        return bool(record.resources) and AttributeValue == "AWS::KMS::Key"
    return bool(event.get(AttributeKey) == AttributeValue)
