"""Pages with KMS's markers: the last item that was given, in a form that says nothing."""

from __future__ import annotations

import base64
from bisect import bisect_right
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from keyconsole.sandbox.call import Call
from keyconsole.sandbox.errors import AwsError

Item = TypeVar("Item")


def page(
    call: Call, items: Iterable[Item], *, by: Callable[[Item], str], default: int, maximum: int
) -> tuple[list[Item], dict[str, Any]]:
    limit = call.limit(default=default, maximum=maximum)
    ordered = sorted(items, key=by)
    start = bisect_right(ordered, read_marker(call), key=by) if "Marker" in call.body else 0
    shown = ordered[start : start + limit]
    if start + limit >= len(ordered):
        return shown, {"Truncated": False}
    return shown, {"Truncated": True, "NextMarker": write_marker(by(shown[-1]))}


def write_marker(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def read_marker(call: Call, name: str = "Marker") -> str:
    try:
        return base64.b64decode(call.text(name), validate=True).decode()
    except ValueError:
        raise AwsError("InvalidMarkerException") from None
