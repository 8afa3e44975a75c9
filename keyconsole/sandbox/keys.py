"""Region keys and the multi-Region key that they belong to.

A RegionKey is moto's Key (so moto's cryptography works on it) with its own policy, tags and state. A KeySet
holds what KMS synchronises: material, rotation, and which Region is primary.
"""

from __future__ import annotations

import json
import time
import uuid
from dataclasses import dataclass, field
from typing import Any

from moto.kms.models import Key
from moto.utilities.utils import get_partition

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


@dataclass
class Rotation:
    enabled: bool = False
    period_days: int = 365
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
    key_set: KeySet | None = None
    rotation: Rotation
    tags: dict[str, str]
    pending_window_days: int | None = None
    deletes_at: float | None = None
    creating_since: float | None = None

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
        super().__init__(
            policy or default_policy(region, account_id),
            key_usage,
            key_spec,
            description,
            account_id,
            region,
            multi_region=False,
            origin=origin,
        )
        self.id = key_id
        self.arn = key_arn(region, account_id, key_id)
        self.tags = dict(tags or {})
        self.rotation = Rotation()
        self.creation_date = time.time()
        if origin == "EXTERNAL":
            self.key_state = "PendingImport"

    def join(self, key_set: KeySet) -> None:
        self.key_set = key_set
        self.multi_region = True
        key_set.members[self.region] = self

    def replicate(self, region: str, **own: Any) -> RegionKey:
        """A related key: same id and material; policy, tags and description are its own."""
        replica = RegionKey(  # type: ignore[abstract]  # moto's CloudFormation methods
            account_id=self.account_id, region=region, key_id=self.id, origin=self.origin, **own
        )
        replica.key_spec, replica.key_usage = self.key_spec, self.key_usage
        replica.key_material, replica.private_key = self.key_material, self.private_key
        replica.rotation = self.rotation
        if self.key_set is not None:
            replica.join(self.key_set)
        return replica
