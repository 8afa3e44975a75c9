"""The exact move that people agree to, and what was seen when they did. Pure.

A plan holds no times, so that an identical second look gives the identical hash.
"""

from __future__ import annotations

from collections.abc import Iterable

from keyconsole.changes.kinds.parts import GONE, Plan, PlannedRegion
from keyconsole.inventory.models import MultiRegionKey, RegionKey
from keyconsole.kms.facts import Role

OPERATION = "UpdatePrimaryRegion"


def plan_for(key: MultiRegionKey, *, to_region: str, region_keys: Iterable[RegionKey] | None = None) -> Plan:
    members = key.region_keys.all() if region_keys is None else region_keys
    by_region = {member.region: member for member in members}
    return {
        "action": OPERATION,
        "account_id": key.account.account_id,
        "key_id": key.key_id,
        "key_arn": key.arn_in(key.primary_region),
        "from_region": key.primary_region,
        "to_region": to_region,
        "regions": [_seen(by_region[region]) for region in (key.primary_region, to_region)],
    }


def differences(plan: Plan, regions_now: Iterable[PlannedRegion]) -> list[str]:
    """What is no longer as planned, as sentences; empty where the plan still holds."""
    now = {seen["region"]: seen for seen in regions_now}
    return [
        sentence
        for planned in plan["regions"]
        for sentence in _region_differences(planned, now[planned["region"]])
    ]


def already_so(plan: Plan, regions_now: Iterable[PlannedRegion]) -> str:
    to_region = plan["to_region"]
    if any(seen["region"] == to_region and seen["role"] == Role.PRIMARY for seen in regions_now):
        return (
            f"{to_region} already was the primary, and this record held no call of this change: somebody "
            "had moved it elsewhere, or it was ours from before a backup was restored."
        )
    return ""


def _region_differences(planned: PlannedRegion, now: PlannedRegion) -> list[str]:
    region, found = planned["region"], []
    if now["state"] == GONE:
        return [f"The key in {region} was gone."]
    if planned["role"] != now["role"]:
        found.append(
            f"The key in {region} was the {planned['role']}, and at the last look the {now['role']}."
        )
    if planned["state"] != now["state"]:
        found.append(f"The key in {region} was {planned['state']}, and at the last look {now['state']}.")
    if planned["policy_sha256"] and planned["policy_sha256"] != now["policy_sha256"]:
        found.append(f"The policy of the key in {region} was no longer the one that the plan was made with.")
    return found


def _seen(member: RegionKey) -> PlannedRegion:
    return {
        "region": member.region,
        "role": member.role,
        "state": member.state,
        "policy_sha256": member.policy_sha256,
    }
