"""The demo story stands on the desk as story_keys.py tells it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from keyconsole.demo.accounts_and_regions import ACCOUNTS, ACQUIRED, ARCHIVE, PAYMENTS, REGIONS, StoryKey
from keyconsole.demo.keys import KEYS, ODD, SINGLE_REGION_ALIASES
from keyconsole.demo.seed_kms import seed_story
from keyconsole.sandbox.server import Sandbox
from tests.sandbox.conftest import refusal

BY_ALIAS = {key.alias: key for key in KEYS}


@pytest.fixture
def kms() -> Iterator[Sandbox]:
    with Sandbox(settle_seconds=0) as sandbox:
        seed_story(sandbox.desk)
        yield sandbox


def read(client, story: StoryKey, region: str, operation: str):
    kms = client(region, account=story.account.account_id)
    return getattr(kms, operation)(KeyId=story.key_id)


def states(client, alias: str) -> dict[str, str]:
    story = BY_ALIAS[alias]
    return {
        region: read(client, story, region, "describe_key")["KeyMetadata"]["KeyState"]
        for region in story.regions
        if region not in story.account.denied_regions
    }


def test_there_are_some_sixty_keys_with_one_id_each():
    assert 55 <= len(KEYS) <= 65
    assert len({key.key_id for key in KEYS}) == len({key.alias for key in KEYS}) == len(KEYS)
    assert BY_ALIAS["card-vault"].key_id == "mrk-2637616142db6bd4fe11929360afc20e"


@pytest.mark.parametrize("story", KEYS, ids=lambda story: story.alias)
def test_a_key_of_the_story_is_possible(story):
    assert set(story.regions) <= set(REGIONS)
    assert len(set(story.regions)) == len(story.regions) >= 2
    touched = {
        *story.disabled_in,
        *story.pending_deletion_in,
        *story.policy_drifts_in,
        *story.tags_drift_in,
        *story.alias_missing_in,
        *story.move_denied_in,
    }
    assert touched <= set(story.regions)


@pytest.mark.parametrize("story", [key for key in ODD if key.moves], ids=lambda story: story.alias)
def test_a_past_leads_step_by_step_to_the_primary_of_today(story):
    ages = [move.days_ago for move in story.moves]

    assert ages == sorted(ages, reverse=True)
    assert story.created_days_ago > ages[0]
    assert story.moves[-1].to_region == story.primary
    for earlier, later in zip(story.moves, story.moves[1:], strict=False):
        assert earlier.to_region == later.from_region


def test_each_account_lists_its_keys_in_each_region_that_may_be_read(client):
    for account in ACCOUNTS:
        if not account.can_be_entered:
            continue
        for region in set(REGIONS) - set(account.denied_regions):
            listed = client(region, account=account.account_id).list_keys(Limit=1000)["Keys"]
            expected = {key.key_id for key in KEYS if key.account == account and region in key.regions}
            assert {key["KeyId"] for key in listed if key["KeyId"].startswith("mrk-")} == expected
            assert len(listed) == len(expected) + len(SINGLE_REGION_ALIASES)


def test_one_region_of_the_archive_is_denied_and_stays_so(kms, client):
    kms.clear_faults()
    denied = client("eu-central-1", account=ARCHIVE.account_id)

    assert refusal(denied.list_keys)[0] == "AccessDeniedException"


def test_the_acquired_account_cannot_be_entered(client):
    sts = client(service="sts")
    how = {"RoleArn": ACQUIRED.role_arn, "RoleSessionName": "test"}

    assert refusal(sts.assume_role, **how)[0] == "AccessDenied"


@pytest.mark.parametrize(
    ("alias", "expected"),
    [
        ("ledger", {"eu-west-1": "Enabled", "us-east-1": "Enabled", "eu-central-1": "Disabled"}),
        ("old-vault", {"ca-central-1": "Enabled", "us-east-1": "PendingDeletion", "eu-west-1": "Enabled"}),
        ("tapes-2019", {"us-east-1": "PendingReplicaDeletion", "us-west-2": "PendingDeletion"}),
        ("hsm-imported", {"us-east-1": "Enabled", "eu-central-1": "PendingImport"}),
    ],
)
def test_the_odd_states_are_there(client, alias, expected):
    assert states(client, alias) == expected


def test_policies_tags_and_aliases_drift_where_the_story_says_so(client):
    genome, payouts = BY_ALIAS["genome-index"], BY_ALIAS["payouts"]

    def differs(operation, region):
        at_home = read(client, genome, genome.primary, operation)
        there = read(client, genome, region, operation)
        return [at_home[part] != there[part] for part in ("Policy", "Tags") if part in at_home]

    assert differs("get_key_policy", "us-east-1") == differs("list_resource_tags", "us-east-1") == [True]
    assert differs("get_key_policy", "ap-southeast-2") == [False]
    assert differs("list_resource_tags", "ap-southeast-2") == [False]
    assert read(client, payouts, "ca-central-1", "list_aliases")["Aliases"] == []
    assert len(read(client, payouts, "eu-west-1", "list_aliases")["Aliases"]) == 1


def test_one_replica_will_not_become_primary(client):
    story = BY_ALIAS["chargebacks"]
    move = client(story.primary, account=PAYMENTS.account_id).update_primary_region

    code, message = refusal(move, KeyId=story.key_id, PrimaryRegion="us-east-1")
    assert code == "AccessDeniedException"
    assert ":us-east-1:" in message


def test_moves_of_the_last_90_days_are_in_the_trail_of_both_regions(client):
    found = {
        region: [
            event
            for event in client(region, account=PAYMENTS.account_id, service="cloudtrail").lookup_events()[
                "Events"
            ]
            if BY_ALIAS["ledger"].key_id in event["CloudTrailEvent"]
        ]
        for region in ("us-east-1", "eu-west-1", "us-west-2")
    }

    assert [len(events) for events in found.values()] == [1, 1, 0]
    assert "ana" in found["us-east-1"][0]["Username"]


def test_the_organization_names_the_four_accounts(client):
    listed = client(service="organizations", account=PAYMENTS.account_id).list_accounts()["Accounts"]

    assert {(account["Id"], account["Name"]) for account in listed} == {
        (account.account_id, account.name) for account in ACCOUNTS
    }
