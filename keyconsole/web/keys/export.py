"""The keys of a filter as rows for a file: every page of it, in its order, with exact UTC times."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from keyconsole.inventory.drift import differences, primary_of
from keyconsole.inventory.models import MultiRegionKey, RegionKey
from keyconsole.web.keys.list import with_members

REGION_KEY_COLUMNS = (
    "account_id",
    "account",
    "key_id",
    "arn",
    "alias",
    "primary_region",
    "region",
    "role",
    "state",
    "sight",
    "differs_in",
    "last_seen_at",
    "open_change",
)
KEY_COLUMNS = (
    "account_id",
    "account",
    "key_id",
    "arn",
    "alias",
    "primary_region",
    "other_regions",
    "unknown_regions",
    "differs_in",
    "key_spec",
    "key_usage",
    "origin",
    "first_seen_at",
    "last_seen_at",
    "open_change",
)
_CHUNK = 500
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Rows:
    """What one row of a file stands for."""

    columns: tuple[str, ...]
    of: Callable[[QuerySet[MultiRegionKey]], Iterator[Row]]


def region_key_rows(keys: QuerySet[MultiRegionKey]) -> Iterator[Row]:
    for key in with_members(keys).iterator(chunk_size=_CHUNK):
        members = list(key.region_keys.all())
        primary = primary_of(members)
        for member in members:
            yield _region_key(key, member, primary)


def key_rows(keys: QuerySet[MultiRegionKey]) -> Iterator[Row]:
    for key in with_members(keys).iterator(chunk_size=_CHUNK):
        yield _key(key, list(key.region_keys.all()))


# By the name in the address.
ROWS = {"region-keys": Rows(REGION_KEY_COLUMNS, region_key_rows), "keys": Rows(KEY_COLUMNS, key_rows)}


def _region_key(key: MultiRegionKey, member: RegionKey, primary: RegionKey | None) -> Row:
    return {
        **_named(key),
        "arn": key.arn_in(member.region),
        "region": member.region,
        "role": member.role,
        "state": member.state,
        "sight": member.sight,
        "differs_in": " ".join(differences(member, primary)),
        "last_seen_at": member.last_seen_at.isoformat() if member.last_seen_at else "",
    }


def _key(key: MultiRegionKey, members: list[RegionKey]) -> Row:
    """Its ARN is that of its primary; empty where that is unknown."""
    primary = primary_of(members)
    differing = [member.region for member in members if differences(member, primary)]
    return {
        **_named(key),
        "arn": key.arn_in(key.primary_region) if key.primary_region else "",
        "other_regions": " ".join(each.region for each in members if each.region != key.primary_region),
        "unknown_regions": " ".join(each.region for each in members if not each.is_visible),
        "differs_in": " ".join(differing),
        "key_spec": key.key_spec,
        "key_usage": key.key_usage,
        "origin": key.origin,
        "first_seen_at": key.first_seen_at.isoformat(),
        "last_seen_at": key.last_seen_at.isoformat(),
    }


def _named(key: MultiRegionKey) -> Row:
    return {
        "account_id": key.account.account_id,
        "account": key.account.name,
        "key_id": key.key_id,
        "alias": key.alias,
        "primary_region": key.primary_region,
        "open_change": " ".join(change.ref for change in getattr(key, "open_changes", [])),
    }
