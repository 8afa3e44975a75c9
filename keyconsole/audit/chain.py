"""The hash chain over audit entries. Pure: no database, no clock.

Each entry's hash covers its own canonical JSON and the hash before it, so that a changed, removed or
inserted entry breaks every hash after it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

FIRST = "0" * 64


@dataclass(frozen=True, slots=True)
class Link:
    number: int
    content: dict[str, Any]
    previous: str
    sha256: str


def canonical_json(content: object) -> str:
    """Sorted keys, no spaces, UTF-8 as is: the same bytes for the same content everywhere."""
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def sha256_of(content: object) -> str:
    return hashlib.sha256(canonical_json(content).encode()).hexdigest()


def link_hash(content: dict[str, Any], *, previous: str) -> str:
    return sha256_of({"entry": content, "previous": previous})


def first_break(links: Iterable[Link]) -> int | None:
    """The number of the first link that does not follow from the one before, or None."""
    previous = FIRST
    for number, link in enumerate(links, start=1):
        if link.number != number or link.previous != previous:
            return number
        if link.sha256 != link_hash(link.content, previous=previous):
            return number
        previous = link.sha256
    return None
