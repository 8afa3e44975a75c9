from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from keyconsole.changes.authorization import prospects
from keyconsole.changes.kinds.parts import Answer
from keyconsole.changes.kinds.update_primary_region.preflight import preflight

pytestmark = pytest.mark.django_db
TO = "eu-west-1"


def check(key, name, *, to_region=TO, region=None):
    found = [
        one
        for one in preflight(key, to_region=to_region, now=timezone.now()).checks
        if one.name == name and region in (None, one.region)
    ]
    assert found, name
    return found[0]


def change_member(key, region, **fields):
    key.region_keys.filter(region=region).update(**fields)


def test_a_healthy_pair_passes_every_check(inventory):
    result = preflight(inventory.card_vault, to_region=TO, now=timezone.now())
    assert result.passes
    assert {one.answer for one in result.checks} == {Answer.OK}


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("Disabled", "Enable it first."),
        ("PendingDeletion", "Cancel its deletion"),
        ("PendingReplicaDeletion", "Cancel its deletion"),
        ("PendingImport", "Import its key material"),
        ("Creating", "Wait until AWS has made it."),
        ("Updating", "Wait until AWS has finished"),
        ("", "in an unknown state"),
        ("SomethingNew", "is SomethingNew."),
    ],
)
@pytest.mark.parametrize("region", ["us-east-1", TO])
def test_only_enabled_will_do_on_both_sides(inventory, region, state, words):
    change_member(inventory.card_vault, region, state=state)
    found = check(inventory.card_vault, "Enabled", region=region)
    assert found.answer == Answer.FAIL
    assert words in found.sentence


def test_a_key_that_could_not_be_seen_is_not_said_to_be_enabled(inventory):
    change_member(inventory.card_vault, TO, sight="denied")
    found = check(inventory.card_vault, "Enabled", region=TO)
    assert found.answer == Answer.UNKNOWN
    assert "is not known; when it was last seen, it was Enabled" in found.sentence


def test_nothing_is_said_about_the_state_of_a_key_that_is_gone(inventory):
    change_member(inventory.card_vault, TO, sight="gone", state="PendingDeletion")
    about = preflight(inventory.card_vault, to_region=TO, now=timezone.now()).checks
    assert [each.name for each in about if each.region == TO] == ["Replica"]


@pytest.mark.parametrize("sight", ["denied", "unreachable", "unlooked", "gone"])
def test_what_cannot_be_seen_now_fails_and_is_not_called_absent(inventory, sight):
    change_member(inventory.card_vault, TO, sight=sight)
    found = check(inventory.card_vault, "Replica")
    assert found.answer == Answer.FAIL
    assert ("does not have a replica" in found.sentence) == (sight == "gone")


def test_an_unknown_primary_fails(inventory):
    key = inventory.card_vault
    key.primary_region = ""
    key.save()
    assert "not known which Region is primary" in check(key, "Primary").sentence


def test_two_replicas_for_the_moment_is_a_move_under_way(inventory):
    change_member(inventory.card_vault, "us-east-1", role="REPLICA")
    assert "a move may be under way" in check(inventory.card_vault, "Primary").sentence


def deny(**over):
    statement = {
        "Sid": "NoMoves",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "kms:UpdatePrimaryRegion",
        "Resource": "*",
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [{**statement, **over}]})


@pytest.mark.parametrize("region", ["us-east-1", TO])
def test_an_explicit_deny_in_either_policy_fails(inventory, region):
    change_member(inventory.card_vault, region, policy=deny())
    found = check(inventory.card_vault, "Key policy", region=region)
    assert found.answer == Answer.FAIL
    assert "NoMoves" in found.sentence


def test_a_conditional_deny_warns(inventory):
    change_member(
        inventory.card_vault, TO, policy=deny(Condition={"StringEquals": {"kms:PrimaryRegion": TO}})
    )
    assert check(inventory.card_vault, "Key policy", region=TO).answer == Answer.WARN


def test_a_policy_that_was_never_read_is_unknown_and_does_not_block(inventory):
    change_member(inventory.card_vault, TO, policy="", policy_sha256="", details_problem="AccessDenied")
    result = preflight(inventory.card_vault, to_region=TO, now=timezone.now())
    assert check(inventory.card_vault, "Key policy", region=TO).answer == Answer.UNKNOWN
    assert result.passes


def test_an_old_look_warns(inventory):
    change_member(inventory.card_vault, TO, last_seen_at=timezone.now() - timedelta(hours=3))
    assert check(inventory.card_vault, "Last seen", region=TO).answer == Answer.WARN


def test_a_failed_connection_test_warns(inventory):
    account = inventory.card_vault.account
    account.test_problem = "Access denied."
    assert check(inventory.card_vault, "Credentials").answer == Answer.WARN


def test_prospects_give_each_region_its_reason_with_few_queries(inventory, cast, django_assert_num_queries):
    key = inventory.card_vault
    with django_assert_num_queries(6):
        found = {one.region_key.region: one.verdict for one in prospects(cast.ana, key, now=timezone.now())}
    assert found["eu-west-1"].allowed
    assert not found["us-east-1"].allowed
    assert "already is the primary" in found["us-east-1"].reasons[0]


def test_prospects_tell_a_viewer_why_not(inventory, cast):
    for prospect in prospects(cast.cleo, inventory.card_vault, now=timezone.now()):
        assert "Your roles do not let you" in prospect.verdict.reasons[0]


@pytest.mark.parametrize("policy", ["not json", "[]", '{"Statement": 7}', "{"])
def test_a_policy_that_cannot_be_understood_is_unknown(inventory, policy):
    change_member(inventory.card_vault, TO, policy=policy)
    assert check(inventory.card_vault, "Key policy", region=TO).answer in {Answer.UNKNOWN, Answer.OK}
