"""Puts the demo story's AWS side on the desk: keys as they stand now, the trail of the last 90 days, the
accounts with their roles and organization, and the two doors that stay shut.
"""

from __future__ import annotations

import json
import time
import uuid
from typing import Any

from keyconsole.demo.accounts_and_regions import (
    ACCOUNTS,
    PAYMENTS,
    REGIONS,
    ROLE_NAME,
    StoryAccount,
    StoryKey,
    StoryMove,
)
from keyconsole.demo.keys import KEYS, SINGLE_REGION_ALIASES
from keyconsole.sandbox.cloudtrail import Caller
from keyconsole.sandbox.faults import Fault
from keyconsole.sandbox.keys import DAY_SECONDS, RegionKey, default_policy
from keyconsole.sandbox.operations.lifecycle import schedule_deletion
from keyconsole.sandbox.seed_organization import seed_organization, seed_role
from keyconsole.sandbox.seeding import seed_alias, seed_key
from keyconsole.sandbox.state import Desk

TRAIL_DAYS = 90
SERVICE_ALIASES = ("alias/aws/ebs", "alias/aws/s3")
REPLICATED_AFTER_SECONDS = 95.0


def seed_story(desk: Desk) -> int:
    """Returns the number of multi-Region keys."""
    now = time.time()
    with desk.lock:
        for account in ACCOUNTS:
            _seed_account(desk, account)
        for story in KEYS:
            _seed_key(desk, story, now=now)
            for move in story.moves:
                _seed_move(desk, story, move, now=now)
    # The first one pays: payments is the management account.
    seed_organization(
        {account.account_id: account.name for account in ACCOUNTS},
        units={account.account_id: account.unit for account in ACCOUNTS},
    )
    return len(KEYS)


def _seed_account(desk: Desk, account: StoryAccount) -> None:
    desk.enabled_regions[account.account_id] = REGIONS
    if not account.can_be_entered:
        desk.faults.add(Fault("role-missing", account=account.account_id, standing=True))
        return
    for region in account.denied_regions:
        desk.faults.add(Fault("deny", account=account.account_id, region=region, standing=True))
    for region in REGIONS:
        for alias in SINGLE_REGION_ALIASES:
            seed_key(desk, account.account_id, region=region, alias=alias)
        for alias in SERVICE_ALIASES:
            seed_alias(desk, account.account_id, region, alias, None)
    _seed_role(account)


def _seed_key(desk: Desk, story: StoryKey, *, now: float) -> None:
    account_id, created_at = story.account.account_id, now - story.created_days_ago * DAY_SECONDS
    first = desk.create(
        account_id,
        story.primary,
        story.key_id,
        multi_region=True,
        origin="EXTERNAL" if story.imported else "AWS_KMS",
        **_own(story, story.primary),
    )
    first.key_state = "Enabled"
    first.rotation.enabled = story.rotates and not story.imported
    first.rotation.enabled_at = now - (story.created_days_ago % first.rotation.period_days) * DAY_SECONDS
    for region in story.replicas:
        desk.put(first.replicate(region, **_own(story, region)))
    members = {region: desk.keys(account_id, region)[story.key_id] for region in story.regions}
    for region, key in members.items():
        key.creation_date = created_at + (0 if region == _born_in(story) else REPLICATED_AFTER_SECONDS)
        if region not in story.alias_missing_in:
            seed_alias(desk, account_id, region, story.alias, story.key_id)
    _set_states(story, members)


def _born_in(story: StoryKey) -> str:
    return story.moves[0].from_region if story.moves else story.primary


def _own(story: StoryKey, region: str) -> dict[str, Any]:
    tags = story.tags
    if region in story.tags_drift_in:
        tags = {"owner": story.account.name, "environment": "staging"}
    return {"policy": _policy(story, region), "tags": tags, "description": story.description}


def _set_states(story: StoryKey, members: dict[str, RegionKey]) -> None:
    for region in story.disabled_in:
        members[region].key_state = "Disabled"
    for region in story.pending_deletion_in:
        schedule_deletion(members[region], days=30 if region == story.primary else 14)


def _policy(story: StoryKey, region: str) -> str:
    account_id = story.account.account_id
    policy = json.loads(default_policy(region, account_id))
    statements = policy["Statement"]
    statements.append(
        {
            "Sid": "Administration",
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:aws:iam::{account_id}:role/KeyAdministrators"},
            "Action": ["kms:Describe*", "kms:List*", "kms:UpdatePrimaryRegion", "kms:ReplicateKey"],
            "Resource": "*",
        }
    )
    if region not in story.policy_drifts_in:
        statements.append(
            {
                "Sid": "Use",
                "Effect": "Allow",
                "Principal": {"AWS": f"arn:aws:iam::{account_id}:role/{story.alias}"},
                "Action": ["kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey*"],
                "Resource": "*",
            }
        )
    if region in story.move_denied_in:
        statements.append(
            {
                "Sid": "NeverPrimaryHere",
                "Effect": "Deny",
                "Principal": {"AWS": "*"},
                "Action": "kms:UpdatePrimaryRegion",
                "Resource": "*",
            }
        )
    return json.dumps(policy)


def _seed_move(desk: Desk, story: StoryKey, move: StoryMove, *, now: float) -> None:
    if move.days_ago > TRAIL_DAYS:
        return
    account_id = story.account.account_id
    arn = f"arn:aws:sts::{account_id}:assumed-role/{ROLE_NAME}/keyconsole-{move.by}"
    caller = Caller(account_id, arn, f"AROASANDBOX:keyconsole-{move.by}", "ASIASANDBOX")
    keys = {r: desk.keys(account_id, r)[story.key_id] for r in (move.from_region, move.to_region)}
    written: dict[str, Any] = {
        "caller": caller,
        "request_id": str(uuid.uuid4()),
        "at": now - move.days_ago * DAY_SECONDS,
    }
    for region, key in keys.items():
        desk.trail.write(
            "UpdatePrimaryRegion",
            region=region,
            parameters={"keyId": key.arn, "primaryRegion": move.to_region},
            key_arn=key.arn,
            invoked_by_kms=region == move.to_region,
            **written,
        )


def _seed_role(account: StoryAccount) -> None:
    trust = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"AWS": f"arn:aws:iam::{PAYMENTS.account_id}:root"},
                "Action": "sts:AssumeRole",
            }
        ],
    }
    described = "Lets KeyConsole see and move multi-Region keys"
    seed_role(account.account_id, ROLE_NAME, trust=trust, description=described)
