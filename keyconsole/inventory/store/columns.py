"""From a look to the columns of a Region key. What was not read this time keeps its earlier value."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from keyconsole.inventory.models import RegionKey, Sight
from keyconsole.inventory.observation import Details, SeenKey
from keyconsole.inventory.store.store_one import seen_fields
from keyconsole.kms.facts import RotationFacts
from keyconsole.kms.policies import policy_digest

STORED = [
    field.attname
    for field in RegionKey._meta.concrete_fields  # noqa: SLF001 - Django's documented door to a model
    if not field.primary_key and field.name not in {"key", "region"}
]


def fill_row(row: RegionKey, seen: SeenKey, *, aliases: Mapping[str, tuple[str, ...]] | None) -> None:
    for name, value in seen_fields(seen.facts).items():
        setattr(row, name, value)
    row.sight = Sight.SEEN
    row.first_seen_at = row.first_seen_at or seen.looked_at
    row.last_seen_at = row.last_look_at = seen.looked_at
    name_row(row, aliases, seen.facts.key_id)
    if seen.details:
        _fill_details(row, seen.details, at=seen.looked_at)


def blank_row(row: RegionKey, sight: Sight, *, looked_at: datetime) -> None:
    """Nothing was seen: the facts stay as they were when they were."""
    row.sight = sight
    row.last_look_at = looked_at


def name_row(row: RegionKey, aliases: Mapping[str, tuple[str, ...]] | None, key_id: str) -> None:
    if aliases is not None:
        row.aliases = list(aliases.get(key_id, ()))


def _fill_details(row: RegionKey, details: Details, *, at: datetime) -> None:
    row.details_at, row.details_problem = at, details.problem
    if details.policy is not None:
        row.policy, row.policy_sha256 = details.policy, policy_digest(details.policy)
    if details.tags is not None:
        row.tags = details.tags
    if details.rotation is not None:
        row.rotation = _rotation_json(details.rotation)


def _rotation_json(rotation: RotationFacts) -> dict[str, Any]:
    return {
        "enabled": rotation.enabled,
        "period_days": rotation.period_days,
        "next_at": rotation.next_at.isoformat() if rotation.next_at else None,
        "on_demand_started_at": rotation.on_demand_started_at.isoformat()
        if rotation.on_demand_started_at
        else None,
    }
