"""A scan of real HTTP: what it stores, what it costs, and that nothing stops the others."""

from __future__ import annotations

from keyconsole.aws_accounts.models import AwsAccount
from keyconsole.inventory.models import (
    Depth,
    MultiRegionKey,
    Outcome,
    PrimaryPeriod,
    RegionKey,
    RegionScan,
    Scan,
    ScanState,
    Sight,
)
from keyconsole.sandbox.server import Sandbox
from tests.inventory.conftest import scan_now


def outcomes(scan: Scan) -> dict[str, str]:
    return dict(RegionScan.objects.filter(scan=scan).values_list("region", "outcome"))


def sights(key_id: str) -> dict[str, str]:
    return dict(RegionKey.objects.filter(key__key_id=key_id).values_list("region", "sight"))


def test_a_set_is_stored_with_every_region_key_and_its_first_period(
    kms: Sandbox, payments: AwsAccount
) -> None:
    key_id = kms.seed_set("111122223333", primary="us-east-1", replicas=["eu-west-1"], alias="card-vault")
    scan = scan_now(payments)
    key = MultiRegionKey.objects.get(key_id=key_id)
    assert (key.alias, key.primary_region, key.key_spec) == ("alias/card-vault", "us-east-1", "SYMMETRIC_DEFAULT")
    members = {row.region: (row.role, row.state, row.aliases) for row in key.region_keys.all()}
    assert members == {
        "us-east-1": ("PRIMARY", "Enabled", ["alias/card-vault"]),
        "eu-west-1": ("REPLICA", "Enabled", ["alias/card-vault"]),
    }
    assert outcomes(scan) == {"us-east-1": "seen", "eu-west-1": "seen", "ap-southeast-2": "empty"}
    assert (scan.state, scan.keys_seen) == ("finished", 2)
    period = PrimaryPeriod.objects.get(key=key)
    assert (period.region, period.cause, period.ended_at) == ("us-east-1", "first-seen", None)
