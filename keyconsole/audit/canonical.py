"""JSON as it is hashed everywhere: the same bytes for the same content."""

from __future__ import annotations

import hashlib
import json


def canonical_json(content: object) -> str:
    """Sorted keys, no spaces, UTF-8 as is: the same bytes for the same content everywhere."""
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def sha256_of(content: object) -> str:
    return hashlib.sha256(canonical_json(content).encode()).hexdigest()
