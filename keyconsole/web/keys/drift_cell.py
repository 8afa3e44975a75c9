"""What the list of keys says of a key's drift, in few words."""

from __future__ import annotations

from dataclasses import dataclass

from keyconsole.inventory.drift import drift_of, primary_of
from keyconsole.inventory.models import MultiRegionKey


@dataclass(frozen=True, slots=True)
class DriftCell:
    words: str
    drifts: bool = False


def drift_cell(key: MultiRegionKey) -> DriftCell:
    """`region_keys` are read before. What was read on one side alone is not called equal."""
    found = drift_of(key).differences
    if found:
        what = ", ".join(dict.fromkeys(word for words in found.values() for word in words))
        where = next(iter(found)) if len(found) == 1 else f"{len(found)} Regions"
        return DriftCell(f"{what} in {where}", drifts=True)
    members = list(key.region_keys.all())
    if len(members) < 2:
        return DriftCell("no replica")
    is_known = primary_of(members) and all(member.is_visible and member.details_at for member in members)
    return DriftCell("none" if is_known else "not all read")
