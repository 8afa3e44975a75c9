"""What is known of one account while it is scanned: loaded once, kept in step with what is stored."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Self

from keyconsole.aws_accounts.models import AwsAccount
from keyconsole.inventory.models import MultiRegionKey, RegionKey, Sight
from keyconsole.inventory.observation import SeenKey


@dataclass(slots=True)
class Picture:
    """`blind`: Regions that this scan could not read, and how. `evidence`: what it saw, by key id."""

    account: AwsAccount
    keys: dict[str, MultiRegionKey]
    members: dict[str, frozenset[str]]
    blind: dict[str, Sight] = field(default_factory=dict)
    evidence: dict[str, list[SeenKey]] = field(default_factory=lambda: defaultdict(list))

    @classmethod
    def of(cls, account: AwsAccount) -> Self:
        keys = {key.key_id: key for key in MultiRegionKey.objects.filter(account=account)}
        regions: dict[str, set[str]] = {key_id: set() for key_id in keys}
        rows = RegionKey.objects.filter(key__account=account).order_by()
        for key_id, region in rows.values_list("key__key_id", "region"):
            regions[key_id].add(region)
        return cls(account, keys, {key_id: frozenset(found) for key_id, found in regions.items()})

    def add_members(self, rows: frozenset[tuple[str, str]]) -> None:
        for key_id, region in rows:
            self.members[key_id] = self.members.get(key_id, frozenset()) | {region}
