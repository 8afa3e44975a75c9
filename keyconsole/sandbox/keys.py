"""Region keys and the multi-Region key that they belong to.

A RegionKey is moto's Key (so moto's grants work on it) with its own policy, tags and state. What KMS
synchronises is shared: the materials and the rotation between related keys, in a KeySet which is primary.
"""

from __future__ import annotations

import json
import time
import uuid
from dataclasses import dataclass, field
from typing import Any

from moto.kms.models import Grant, Key
from moto.utilities.utils import get_partition

from keyconsole.sandbox.material import Material

DAY_SECONDS = 86_400.0


def key_arn(region: str, account_id: str, key_id: str) -> str:
    return f"arn:{get_partition(region)}:kms:{region}:{account_id}:key/{key_id}"


def new_key_id(*, multi_region: bool) -> str:
    """AWS writes a multi-Region id as mrk- and 32 hex digits, without dashes."""
    fresh = uuid.uuid4()
    return f"mrk-{fresh.hex}" if multi_region else str(fresh)


def default_policy(region: str, account_id: str) -> str:
    root = f"arn:{get_partition(region)}:iam::{account_id}:root"
    statement = {
        "Sid": "Enable IAM User Permissions",
        "Effect": "Allow",
        "Principal": {"AWS": root},
        "Action": "kms:*",
        "Resource": "*",
    }
    return json.dumps({"Version": "2012-10-17", "Id": "key-default-1", "Statement": [statement]})


DEFAULT_PERIOD_DAYS = 365


@dataclass
class Rotation:
    """`enabled_at` and `on_demand_started_at` in seconds since the epoch."""

    enabled: bool = False
    period_days: int = DEFAULT_PERIOD_DAYS
    enabled_at: float = 0.0
    on_demand_started_at: float | None = None


@dataclass(frozen=True)
class Move:
    from_region: str
    to_region: str
    started: float
    """On the monotonic clock."""


@dataclass
class KeySet:
    account_id: str
    key_id: str
    primary_region: str
    members: dict[str, RegionKey] = field(default_factory=dict)
    move: Move | None = None
    last_move: Move | None = None

    def replica_regions(self, primary_region: str) -> list[str]:
        return sorted(region for region in self.members if region != primary_region)


class RegionKey(Key):
    """moto's constructor is not called: it makes an RSA pair for every key, symmetric ones too."""

    multi_region = False  # switches moto's own, wrong idea of a set off; ours is key_set

    def __init__(
        self,
        *,
        account_id: str,
        region: str,
        key_id: str,
        policy: str | None = None,
        description: str = "",
        tags: dict[str, str] | None = None,
        key_spec: str = "SYMMETRIC_DEFAULT",
        key_usage: str = "ENCRYPT_DECRYPT",
        origin: str = "AWS_KMS",
    ) -> None:
        self.id, self.account_id, self.region = key_id, account_id, region
        self.arn = key_arn(region, account_id, key_id)
        self.policy = policy or default_policy(region, account_id)
        self.description = description
        self.tags = dict(tags or {})
        self.was_tagged = bool(tags)
        self.key_spec, self.key_usage, self.origin = key_spec, key_usage, origin
        self.key_manager = "CUSTOMER"
        self.key_state = "PendingImport" if origin == "EXTERNAL" else "Enabled"
        self.creation_date = time.time()
        self.rotation = Rotation()
        self.grants = {}
        self.materials = [Material(key_spec)]
        """Oldest first; the last is the current one."""
        self.key_set: KeySet | None = None
        self.pending_window_days: int | None = None
        self.deletes_at: float | None = None
        self.creating_since: float | None = None

    def add_grant(self, *args: Any, **more: Any) -> Grant:
        """KMS names the key of a grant by its ARN (recorded 2026-09-12)."""
        grant = super().add_grant(*args, **more)
        grant.key_id = self.arn
        return grant

    def tag(self, tags: dict[str, str]) -> None:
        self.tags |= tags
        self.was_tagged = self.was_tagged or bool(tags)

    def join(self, key_set: KeySet) -> None:
        self.key_set = key_set
        key_set.members[self.region] = self

    def replicate(self, region: str, **own: Any) -> RegionKey:
        """A related key: same id and material; policy, tags and description are its own."""
        replica = RegionKey(  # type: ignore[abstract]  # moto's CloudFormation methods
            account_id=self.account_id,
            region=region,
            key_id=self.id,
            key_spec=self.key_spec,
            key_usage=self.key_usage,
            origin=self.origin,
            **own,
        )
        replica.materials, replica.rotation = self.materials, self.rotation
        if self.key_set is not None:
            replica.join(self.key_set)
        return replica
