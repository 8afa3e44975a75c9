"""The key policies of the demo story, as JSON text: what each Region's key says who may do. Pure."""

from __future__ import annotations

import json
from typing import Any

from keyconsole.demo.accounts_and_regions import StoryKey


def key_policy(story: StoryKey, region: str) -> str:
    account_id = story.account.account_id
    statements = [
        {
            "Sid": "Enable IAM User Permissions",
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:aws:iam::{account_id}:root"},
            "Action": "kms:*",
            "Resource": "*",
        },
        _allow(
            "Administration",
            f"arn:aws:iam::{account_id}:role/KeyAdministrators",
            "kms:Describe*",
            "kms:List*",
            "kms:UpdatePrimaryRegion",
            "kms:ReplicateKey",
        ),
    ]
    if region not in story.policy_drifts_in:
        user = f"arn:aws:iam::{account_id}:role/{story.alias}"
        statements.append(_allow("Use", user, "kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey*"))
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
    return json.dumps({"Version": "2012-10-17", "Id": "key-default-1", "Statement": statements})


def _allow(sid: str, role_arn: str, *actions: str) -> dict[str, Any]:
    return {
        "Sid": sid,
        "Effect": "Allow",
        "Principal": {"AWS": role_arn},
        "Action": list(actions),
        "Resource": "*",
    }
