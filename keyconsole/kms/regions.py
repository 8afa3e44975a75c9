"""Which Regions have KMS, by partition, from the SDK's own data. Never asks AWS, holds no list of its own."""

from __future__ import annotations

import threading
from functools import lru_cache
from typing import Any

import botocore.loaders
import botocore.session

# The models are some megabytes of JSON: everything in this process reads them once, through this one loader.
SHARED_LOADER: botocore.loaders.Loader = botocore.loaders.create_loader()
# The loader and client creation are not thread-safe.
SDK_LOCK = threading.RLock()


@lru_cache(maxsize=1)
def _regions_by_partition() -> dict[str, tuple[str, ...]]:
    with SDK_LOCK:
        session = botocore.session.Session()
        session.register_component("data_loader", SHARED_LOADER)
        return {
            partition: tuple(sorted(session.get_available_regions("kms", partition)))
            for partition in session.get_available_partitions()
        }


@lru_cache(maxsize=1)
def _partitions() -> tuple[dict[str, Any], ...]:
    with SDK_LOCK:
        return tuple(SHARED_LOADER.load_data("partitions")["partitions"])


def known_partitions() -> tuple[str, ...]:
    return tuple(partition["id"] for partition in _partitions())


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
    for described in _partitions():
        if partition in (None, described["id"]):
            return str(described["outputs"]["implicitGlobalRegion"])
    raise ValueError(f"{partition!r} is not a partition that the SDK knows.")
