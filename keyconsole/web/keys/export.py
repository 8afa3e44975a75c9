"""The keys of a filter as rows for a file: every page of it, in its order, with exact UTC times."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet

from keyconsole.inventory.drift import differences, primary_of
from keyconsole.inventory.models import MultiRegionKey, RegionKey
from keyconsole.web.keys.list import with_members

KEY_COLUMNS = (
    "account_id",
    "account",
    "key_id",
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
_CHUNK = 500


def key_rows(keys: QuerySet[MultiRegionKey]) -> Iterator[dict[str, Any]]:
    """One row for each Region key."""
    for key in with_members(keys).iterator(chunk_size=_CHUNK):
        members = list(key.region_keys.all())
        primary = primary_of(members)
        for member in members:
            yield _row(key, member, primary)


def _row(key: MultiRegionKey, member: RegionKey, primary: RegionKey | None) -> dict[str, Any]:
    return {
        "account_id": key.account.account_id,
        "account": key.account.name,
        "key_id": key.key_id,
        "alias": key.alias,
        "primary_region": key.primary_region,
        "region": member.region,
        "role": member.role,
        "state": member.state,
        "sight": member.sight,
        "differs_in": " ".join(differences(member, primary)),
        "last_seen_at": member.last_seen_at.isoformat() if member.last_seen_at else "",
        "open_change": " ".join(change.ref for change in getattr(key, "open_changes", [])),
    }
