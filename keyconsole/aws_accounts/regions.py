"""Which Regions somebody may choose from, by the part of the world that their name begins with."""

from __future__ import annotations

from collections.abc import Iterable

from keyconsole.kms.regions import known_regions

Groups = tuple[tuple[str, tuple[str, ...]], ...]
_PARTS = (
    ("North America", ("us-", "ca-", "mx-")),
    ("South America", ("sa-",)),
    ("Europe", ("eu-",)),
    ("Asia Pacific", ("ap-",)),
    ("Middle East", ("me-", "il-")),
    ("Africa", ("af-",)),
    ("China", ("cn-",)),
)
_GOVERNMENT, _GOVERNMENTS = "AWS GovCloud", "us-gov-"
OTHERS = "Others"


def region_groups(*, partitions: Iterable[str] = ("aws",)) -> Groups:
    """Every Region with KMS of these partitions; a part of the world without one is left out."""
    regions = [region for partition in sorted(set(partitions)) for region in known_regions(partition)]
    found: dict[str, list[str]] = {name: [] for name in (*dict(_PARTS), _GOVERNMENT, OTHERS)}
    for region in regions:
        found[_part_of(region)].append(region)
    return tuple((name, tuple(there)) for name, there in found.items() if there)


def _part_of(region: str) -> str:
    if region.startswith(_GOVERNMENTS):
        return _GOVERNMENT
    return next((name for name, begins in _PARTS if region.startswith(begins)), OTHERS)
