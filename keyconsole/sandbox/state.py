"""The state of one sandbox: keys by account and Region, settings, faults, calls, the trail.

Keys live in moto's KMS backends, which moto's own operations read too; moto's state belongs to the process,
so one process holds one desk at a time and a new desk clears it.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import Any, Literal, Self, get_args

from moto.core.base_backend import BackendDict
from moto.kms.models import kms_backends

from keyconsole.sandbox.call_counter import Calls
from keyconsole.sandbox.cloudtrail import Caller, Trail
from keyconsole.sandbox.faults import Faults
from keyconsole.sandbox.keys import KeySet, RegionKey

Picture = Literal["swapped", "two-replicas"]
PICTURES = get_args(Picture)

DEFAULT_ENABLED_REGIONS = (
    "ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-south-1", "ap-southeast-1", "ap-southeast-2",
    "ca-central-1", "eu-central-1", "eu-north-1", "eu-west-1", "eu-west-2", "eu-west-3", "sa-east-1",
    "us-east-1", "us-east-2", "us-west-1", "us-west-2",
)  # fmt: skip


@dataclass
class Settings:
    settle_seconds: float = 2.0
    picture: Picture = "swapped"


@dataclass(frozen=True)
class Alias:
    name: str
    key_id: str | None
    """None for an alias of an AWS service whose key does not exist yet."""
    created_at: float
    pointed_at: float
    """When it last was given its key."""

    @classmethod
    def new(cls, name: str, key_id: str | None) -> Self:
        now = time.time()
        return cls(name, key_id, now, now)


@dataclass(frozen=True)
class Share:
    """A Region key that its owner shares with another account, as Resource Access Manager does."""

    owner: str
    region: str
    key_id: str
    with_account: str


class Desk:
    def __init__(self, *, settle_seconds: float = 2.0, picture: Picture = "swapped") -> None:
        self.lock = threading.RLock()
        self.settings = Settings(settle_seconds, picture)
        self.calls = Calls()
        self.clear()

    def clear(self) -> None:
        """Back to an empty desk; settings and counts stay."""
        with self.lock:
            BackendDict.reset()
            self.faults = Faults()
            self.trail = Trail()
            self.aliases: dict[tuple[str, str], dict[str, Alias]] = {}
            self.enabled_regions: dict[str, tuple[str, ...]] = {}
            self.callers: dict[str, Caller] = {}
            """By access key id."""
            self.shares: list[Share] = []
            self.sealed_with: dict[str, tuple[str, str]] = {}
            """Account and key id by the id of the material that sealed something."""

    def knows_region(self, account_id: str, region: str) -> bool:
        try:
            self.keys(account_id, region)
        except KeyError:
            return False
        return True

    def keys(self, account_id: str, region: str) -> dict[str, RegionKey]:
        """Raises KeyError for a Region that does not exist."""
        return kms_backends[account_id][region].keys  # type: ignore[return-value]

    def aliases_in(self, account_id: str, region: str) -> dict[str, Alias]:
        return self.aliases.setdefault((account_id, region), {})

    def regions_of(self, account_id: str) -> tuple[str, ...]:
        return self.enabled_regions.get(account_id, DEFAULT_ENABLED_REGIONS)

    def create(
        self, account_id: str, region: str, key_id: str, *, multi_region: bool, **own: Any
    ) -> RegionKey:
        key = RegionKey(account_id=account_id, region=region, key_id=key_id, **own)  # type: ignore[abstract]
        if multi_region:
            key.join(KeySet(account_id, key_id, region))
        return self.put(key)

    def put(self, key: RegionKey) -> RegionKey:
        self.keys(key.account_id, key.region)[key.id] = key
        return key

    def settle(self, key_set: KeySet) -> None:
        """Ends the set's move when its time is over; called by everyone who looks."""
        move = key_set.move
        if move is None or time.monotonic() - move.started < self.settings.settle_seconds:
            return
        held = any(
            self.faults.is_on(
                "never-settle", operation="UpdatePrimaryRegion", account=key_set.account_id, region=region
            )
            for region in (move.from_region, move.to_region)
        )
        if not held:
            key_set.move = None
