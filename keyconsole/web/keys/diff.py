"""What exactly differs between a replica and its primary: policy lines, tags, aliases. Pure."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import unified_diff

from keyconsole.inventory.drift import differences
from keyconsole.inventory.models import RegionKey


@dataclass(frozen=True, slots=True)
class DiffLine:
    mark: str  # "+" only in the replica, "-" only in the primary, " " in both
    text: str


@dataclass(frozen=True, slots=True)
class TagDifference:
    name: str
    primary: str | None
    replica: str | None


@dataclass(frozen=True, slots=True)
class Differences:
    """Of one replica. `is_known` is False where one side was never read; `words` then may miss something."""

    words: tuple[str, ...]
    is_known: bool
    policy: Sequence[DiffLine] = ()
    tags: Sequence[TagDifference] = ()
    only_in_primary: Sequence[str] = ()
    only_in_replica: Sequence[str] = ()


def compared(replica: RegionKey, primary: RegionKey | None) -> Differences | None:
    """None for the primary itself and for what no look has shown."""
    if primary is None or primary.region == replica.region or not replica.is_visible:
        return None
    words = differences(replica, primary)
    return Differences(
        words=words,
        is_known=bool(replica.details_at and primary.details_at),
        policy=_policy_lines(primary.policy, replica.policy) if "policy" in words else (),
        tags=_tags(primary.tags, replica.tags) if "tags" in words else (),
        only_in_primary=sorted(set(primary.aliases) - set(replica.aliases)),
        only_in_replica=sorted(set(replica.aliases) - set(primary.aliases)),
    )


def readable(policy: str) -> str:
    """The policy with one thing a line; as it came where it is no JSON."""
    try:
        return json.dumps(json.loads(policy), indent=2, ensure_ascii=False)
    except ValueError:
        return policy


def _policy_lines(primary: str, replica: str) -> list[DiffLine]:
    lines = unified_diff(readable(primary).splitlines(), readable(replica).splitlines(), lineterm="", n=3)
    return [DiffLine(line[:1], line[1:]) for line in list(lines)[2:] if not line.startswith("@@")]


def _tags(primary: dict[str, str], replica: dict[str, str]) -> list[TagDifference]:
    return [
        TagDifference(name, primary.get(name), replica.get(name))
        for name in sorted(primary.keys() | replica.keys())
        if primary.get(name) != replica.get(name)
    ]
