"""What a look at one Region changes about what we knew. Pure: stored facts and a look in, a difference out.

A failed look says nothing about keys that it did not show; only a complete list can say that one is gone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from keyconsole.inventory.models import Sight
from keyconsole.inventory.observation import BLIND, RegionObservation, SeenKey


@dataclass(frozen=True, slots=True)
class Before:
    """A Region key of the looked-at Region, as it is stored."""

    sight: Sight
    ever_seen: bool
    last_look_at: datetime | None


@dataclass(frozen=True, slots=True)
class Difference:
    """`new_rows` are Region keys to store for the first time: (key id, Region)."""

    new_keys: frozenset[str]
    new_rows: frozenset[tuple[str, str]]
    appeared: frozenset[tuple[str, str]]
    seen: tuple[SeenKey, ...]
    gone: frozenset[str]
    gone_from_sight: frozenset[str]
    unseen: Mapping[str, Sight]


def compare(
    look: RegionObservation, *, here: Mapping[str, Before], members: Mapping[str, frozenset[str]]
) -> Difference:
    """`here`: the Region as stored, by key id. `members`: the Regions stored of each key of the account."""
    found = _regions_named(look)
    new_rows = {
        (key_id, region)
        for key_id, regions in found.items()
        for region in regions - members.get(key_id, frozenset())
    }
    returned = {(key_id, look.region) for key_id in found if _is_gone(here.get(key_id))}
    gone = {
        key_id
        for key_id, before in here.items()
        if look.listed is not None
        and key_id not in look.listed
        and not _is_gone(before)
        and _older(before, look)
    }
    return Difference(
        new_keys=frozenset(found.keys() - members.keys()),
        new_rows=frozenset(new_rows),
        appeared=frozenset(row for row in new_rows | returned if row[0] in members),
        seen=tuple(key for key in look.seen if not _looked_since(here.get(key.facts.key_id), key)),
        gone=frozenset(gone),
        gone_from_sight=frozenset(key_id for key_id in gone if here[key_id].ever_seen),
        unseen=_unseen(look, here=here, gone=gone),
    )


def _regions_named(look: RegionObservation) -> dict[str, frozenset[str]]:
    named = {key_id: frozenset({look.region}) for key_id in look.undescribed}
    return named | {key.facts.key_id: frozenset(key.facts.regions) for key in look.seen}


def _unseen(look: RegionObservation, *, here: Mapping[str, Before], gone: set[str]) -> dict[str, Sight]:
    """The sight of keys that the look knew or heard of and could not describe."""
    described = {key.facts.key_id for key in look.seen}
    blind = BLIND.get(look.outcome)
    hidden = {
        key_id: blind
        for key_id, before in here.items()
        if blind and key_id not in described | gone and not _is_gone(before) and _older(before, look)
    }
    return hidden | dict(look.undescribed)


def _is_gone(before: Before | None) -> bool:
    return before is not None and before.sight == Sight.GONE


def _older(before: Before, look: RegionObservation) -> bool:
    return before.last_look_at is None or before.last_look_at < look.started_at


def _looked_since(before: Before | None, key: SeenKey) -> bool:
    """A change of ours may have looked while the scan went on; the newer look stays."""
    return before is not None and before.last_look_at is not None and before.last_look_at > key.looked_at
