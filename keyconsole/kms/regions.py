"""Which Regions have KMS, by partition, from the SDK's own data. Never asks AWS, holds no list of its own."""

from __future__ import annotations

from functools import cache

from keyconsole.kms.sdk import SDK_LOCK, load_partitions, make_session


@cache
def _regions_by_partition() -> dict[str, tuple[str, ...]]:
    with SDK_LOCK:
        session = make_session()
        return {
            partition: tuple(sorted(session.get_available_regions("kms", partition)))
            for partition in session.get_available_partitions()
        }


@cache
def _homes() -> dict[str, str]:
    """By partition, in the SDK's order."""
    return {
        str(partition["id"]): str(partition["outputs"]["implicitGlobalRegion"])
        for partition in load_partitions()
    }


def known_partitions() -> tuple[str, ...]:
    return tuple(_homes())


def known_regions(partition: str = "aws") -> tuple[str, ...]:
    """Every Region of the partition with a KMS endpoint; empty for a partition that the SDK does not know."""
    return _regions_by_partition().get(partition, ())


def partition_of(region: str) -> str | None:
    """The partition of a Region that the SDK knows to have KMS; None for any other text."""
    return next(
        (partition for partition, regions in _regions_by_partition().items() if region in regions), None
    )


def home_region(partition: str | None = None) -> str:
    """Where a partition's account-wide services answer; of the SDK's first partition if none is named."""
    homes = _homes()
    if partition is None:
        return next(iter(homes.values()))
    if partition not in homes:
        raise ValueError(f"{partition!r} is not a partition that the SDK knows.")
    return homes[partition]
