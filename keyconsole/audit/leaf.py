"""The exact bytes of an entry: one leaf of the record's tree. Pure.

Made once, when the entry is written, and stored; whoever checks an entry reads these bytes and never makes
them again from its fields.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any, NamedTuple

from keyconsole.audit.canonical import canonical_json

MOST_BYTES = 65_535  # what the two bytes of length before each entry in a tile can say


class Written(NamedTuple):
    """`material` is the entry's data, where that is too long for a leaf, which then holds its SHA-256."""

    leaf: bytes
    material: bytes | None


def write(content: Mapping[str, Any], *, previous: str) -> Written:
    """`previous`: the hash of the entry before, which every entry carries."""
    leaf = _leaf({"v": 1, **content, "previous": previous})
    if len(leaf) <= MOST_BYTES:
        return Written(leaf, None)
    material = canonical_json(content["data"]).encode()
    short = {name: value for name, value in content.items() if name != "data"}
    digest = sha256(material).hexdigest()
    return Written(_leaf({"v": 1, **short, "data_sha256": digest, "previous": previous}), material)


def _leaf(members: Mapping[str, Any]) -> bytes:
    """The members in their order, so that the version comes first; what is in them sorted."""
    pairs = (f"{json.dumps(name)}:{canonical_json(value)}" for name, value in members.items())
    return ("{" + ",".join(pairs) + "}").encode()
