"""TagResource, UntagResource, and the rules that every way of giving tags shares.

The sentences were recorded 2025, but for that of characters, which is in a public report of 2023; how long
keys and values may be is in the API model.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from keyconsole.sandbox.call import Call
from keyconsole.sandbox.errors import AwsError, violated
from keyconsole.sandbox.operations.labels import changeable_key
from keyconsole.sandbox.state import Desk

MOST_TAGS = 50
LENGTHS = {"TagKey": 128, "TagValue": 256}
RESERVED = "aws:"
# Letters, digits, spaces of any alphabet and these signs: general reference, tag naming limits.
CHARACTERS = re.compile(r"[\w\s.:/=+\-@]*")


def tag_resource(desk: Desk, call: Call) -> dict[str, Any]:
    _require_lengths(call)
    key = changeable_key(desk, call)
    key.tag(tags_given(call, present=key.tags))
    return {}


def untag_resource(desk: Desk, call: Call) -> dict[str, Any]:
    key = changeable_key(desk, call)
    for name in call.body.get("TagKeys") or ():
        key.tags.pop(name, None)
    return {}


def tags_given(call: Call, *, present: Mapping[str, str] | None = None) -> dict[str, str]:
    """The tags of the request, which would be added to those that are `present`."""
    _require_lengths(call)
    entries = call.body.get("Tags") or ()
    tags = {str(entry["TagKey"]): str(entry["TagValue"]) for entry in entries}
    if len(tags) < len(entries):
        raise AwsError("TagException", "Duplicate tag keys")
    if len(tags | dict(present or {})) > MOST_TAGS:
        raise AwsError("TagException", "Too many tags")
    if any(is_reserved(name) for name in tags):
        raise AwsError("TagException", "Tags beginning with aws: are reserved")
    if not all(CHARACTERS.fullmatch(text) for tag in tags.items() for text in tag):
        raise AwsError("TagException", "Invalid tag")
    return tags


def is_reserved(name: str) -> bool:
    return name.lower().startswith(RESERVED)


def listed(tags: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"TagKey": name, "TagValue": value} for name, value in tags.items()]


def _require_lengths(call: Call) -> None:
    for number, entry in enumerate(call.body.get("Tags") or (), start=1):
        for member, most in LENGTHS.items():
            if len(entry[member]) > most:
                place = f"tags.{number}.member.{member[:1].lower()}{member[1:]}"
                raise violated(place, f"have length less than or equal to {most}", value=entry[member])
