from __future__ import annotations

import pytest

from keyconsole.audit.canonical import canonical_json
from keyconsole.aws_accounts.models import AwsAccount
from keyconsole.changes.kinds.update_primary_region.plan import differences, plan_for
from keyconsole.changes.plan.plan import plan_sha256
from keyconsole.inventory.models import MultiRegionKey, RegionKey

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan(inventory):
    return plan_for(inventory.card_vault, to_region="eu-west-1")


def as_planned(plan):
    return [dict(region) for region in plan["regions"]]


def test_it_names_the_exact_move(plan, inventory):
    key = inventory.card_vault
    assert plan["key_arn"] == f"arn:aws:kms:us-east-1:111122223333:key/{key.key_id}"
    assert (plan["from_region"], plan["to_region"]) == ("us-east-1", "eu-west-1")
    assert [(one["region"], one["role"], one["state"]) for one in plan["regions"]] == [
        ("us-east-1", "PRIMARY", "Enabled"),
        ("eu-west-1", "REPLICA", "Enabled"),
    ]


def test_an_identical_second_plan_has_the_identical_hash(plan, inventory):
    inventory.card_vault.refresh_from_db()
    assert plan_sha256(plan_for(inventory.card_vault, to_region="eu-west-1")) == plan_sha256(plan)


@pytest.mark.parametrize("field", ["role", "state", "policy_sha256"])
def test_everything_that_was_seen_counts_for_the_hash(plan, field):
    changed = {**plan, "regions": [plan["regions"][0], {**plan["regions"][1], field: "other"}]}
    assert plan_sha256(changed) != plan_sha256(plan)


def test_nothing_differs_from_what_was_planned(plan):
    assert differences(plan, as_planned(plan)) == []


@pytest.mark.parametrize(
    ("field", "now", "sentence"),
    [
        ("role", "PRIMARY", "The key in eu-west-1 was the REPLICA, and at the last look the PRIMARY."),
        ("state", "Disabled", "The key in eu-west-1 was Enabled, and at the last look Disabled."),
        ("state", "gone", "The key in eu-west-1 was gone."),
        (
            "policy_sha256",
            "ff",
            "The policy of the key in eu-west-1 was no longer the one that the plan was made with.",
        ),
    ],
)
def test_each_difference_is_a_sentence(plan, field, now, sentence):
    regions = as_planned(plan)
    regions[1][field] = now
    assert differences(plan, regions) == [sentence]


def test_a_policy_that_was_not_known_when_planned_is_no_difference(plan):
    plan["regions"][1]["policy_sha256"] = ""
    regions = as_planned(plan)
    regions[1]["policy_sha256"] = "now-known"
    assert differences(plan, regions) == []


def test_the_plan_is_the_same_to_the_byte_in_every_version_of_the_product():
    """People have approved hashes of such plans: a change here would make each of them stale."""
    key = MultiRegionKey(
        account=AwsAccount(account_id="111122223333", partition="aws"),
        key_id="mrk-1234567890abcdef1234567890abcdef",
        primary_region="us-east-1",
    )
    members = [
        RegionKey(region="us-east-1", role="PRIMARY", state="Enabled", policy_sha256="aa" * 32),
        RegionKey(region="eu-west-1", role="REPLICA", state="Enabled", policy_sha256=""),
        RegionKey(region="ap-southeast-2", role="REPLICA", state="Disabled", policy_sha256=""),
    ]
    plan = plan_for(key, to_region="eu-west-1", region_keys=members)
    assert canonical_json(plan) == (
        '{"account_id":"111122223333","action":"UpdatePrimaryRegion","from_region":"us-east-1",'
        '"key_arn":"arn:aws:kms:us-east-1:111122223333:key/mrk-1234567890abcdef1234567890abcdef",'
        '"key_id":"mrk-1234567890abcdef1234567890abcdef","regions":['
        f'{{"policy_sha256":"{"aa" * 32}","region":"us-east-1","role":"PRIMARY","state":"Enabled"}},'
        '{"policy_sha256":"","region":"eu-west-1","role":"REPLICA","state":"Enabled"}],'
        '"to_region":"eu-west-1"}'
    )
    assert plan_sha256(plan) == "1438a8b179d868ed33a335d9b610af1a8516ea719aa102f964b1864945c4dbfe"
