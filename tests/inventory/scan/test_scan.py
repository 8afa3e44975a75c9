"""A scan of real HTTP: what it stores, what it costs, and that nothing stops the others."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from keyconsole.audit.events import Event
from keyconsole.audit.models import Entry
from keyconsole.aws_accounts.models import AwsAccount
from keyconsole.inventory.models import (
    Depth,
    MultiRegionKey,
    PrimaryPeriod,
    RegionKey,
    RegionScan,
    Scan,
    ScanState,
    Sight,
)
from keyconsole.inventory.scan.run import request_scan, run_scans
from keyconsole.kms.policies import policy_digest
from keyconsole.sandbox.server import Sandbox
from tests.inventory.conftest import events_of, scan_now
from tests.outside import Outside


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
    assert (key.alias, key.primary_region, key.key_spec) == (
        "alias/card-vault",
        "us-east-1",
        "SYMMETRIC_DEFAULT",
    )
    members = {row.region: (row.role, row.state, row.aliases) for row in key.region_keys.all()}
    assert members == {
        "us-east-1": ("PRIMARY", "Enabled", ["alias/card-vault"]),
        "eu-west-1": ("REPLICA", "Enabled", ["alias/card-vault"]),
    }
    assert outcomes(scan) == {"us-east-1": "seen", "eu-west-1": "seen", "ap-southeast-2": "empty"}
    assert (scan.state, scan.keys_seen) == ("finished", 2)
    period = PrimaryPeriod.objects.get(key=key)
    assert (period.region, period.cause, period.ended_at) == ("us-east-1", "first-seen", None)


def test_it_makes_exactly_the_calls_that_it_must(kms: Sandbox, payments: AwsAccount) -> None:
    for number in range(3):
        kms.seed_set("111122223333", primary="us-east-1", replicas=["eu-west-1"], alias=f"vault-{number}")
    for number in range(5):
        kms.seed_key("111122223333", region="us-east-1", alias=f"plain-{number}")
    kms.reset_calls()
    scan = scan_now(payments)
    floor = {"AssumeRole": 1, "GetCallerIdentity": 1, "ListKeys": 3, "ListAliases": 3, "DescribeKey": 6}
    assert kms.calls()["by_operation"] == floor
    assert scan.calls == floor
    assert dict(RegionScan.objects.filter(scan=scan).values_list("region", "calls")) == {
        "us-east-1": 5,
        "eu-west-1": 5,
        "ap-southeast-2": 2,
    }


def test_denied_unreachable_and_empty_are_three_answers(kms: Sandbox, payments: AwsAccount) -> None:
    key_id = kms.seed_set("111122223333", primary="us-east-1", replicas=["eu-west-1"])
    kms.fault("deny", operation="ListKeys", region="eu-west-1")
    kms.fault("region-down", region="ap-southeast-2")
    scan = scan_now(payments)
    assert outcomes(scan) == {"us-east-1": "seen", "eu-west-1": "denied", "ap-southeast-2": "unreachable"}
    assert scan.state == ScanState.FINISHED
    problems = dict(RegionScan.objects.filter(scan=scan).values_list("region", "problem"))
    assert "ListKeys in eu-west-1 was denied" in problems["eu-west-1"]
    assert "ListKeys in ap-southeast-2 could not reach AWS" in problems["ap-southeast-2"]
    assert problems["us-east-1"] == ""
    assert sights(key_id) == {"us-east-1": "seen", "eu-west-1": "denied"}


def test_a_region_that_a_key_names_and_nobody_may_look_in_is_unknown(
    kms: Sandbox, payments: AwsAccount
) -> None:
    payments.regions = ["us-east-1"]
    payments.save()
    key_id = kms.seed_set("111122223333", primary="us-east-1", replicas=["eu-west-1"])
    scan_now(payments)
    unknown = RegionKey.objects.get(key__key_id=key_id, region="eu-west-1")
    assert (unknown.sight, unknown.role, unknown.state) == ("unlooked", "", "")
    assert (unknown.first_seen_at, unknown.last_seen_at) == (None, None)


def test_a_key_that_another_account_shares_never_counts_as_ours(
    kms: Sandbox, payments: AwsAccount, research: AwsAccount
) -> None:
    ours = kms.seed_set("111122223333", primary="us-east-1", replicas=["eu-west-1"])
    theirs = kms.seed_set("222233334444", primary="us-east-1", replicas=["eu-west-1"], alias="shared")
    for region in ("us-east-1", "ap-southeast-2"):
        kms.fault("shared-unasked", operation="ListKeys", region=region)
    kms.share_key("222233334444", "us-east-1", theirs, with_account="111122223333")
    assert theirs in [key["KeyId"] for page in listed(kms) for key in page["Keys"]]
    scan = scan_now(payments)
    assert outcomes(scan) == {"us-east-1": "seen", "eu-west-1": "seen", "ap-southeast-2": "empty"}
    assert scan.keys_seen == 2
    assert list(MultiRegionKey.objects.values_list("key_id", flat=True)) == [ours]
    scan_now(research)
    assert MultiRegionKey.objects.get(key_id=theirs).account == research


def listed(kms: Sandbox) -> list[dict[str, Any]]:
    with Outside(kms.url) as somebody:
        return list(somebody.client("111122223333", "us-east-1").get_paginator("list_keys").paginate())


@pytest.mark.parametrize(
    ("spec", "usage"),
    [
        ("ML_KEM_1024", "ENCAPSULATE_DECAPSULATE"),
        ("ECC_NIST_EDWARDS25519", "SIGN_VERIFY"),
        ("QUANTUM_9", "TELEPORT"),
        ("A_SPEC_WITH_A_NAME_THAT_IS_LONGER_THAN_ANY_COLUMN", "A_USAGE_WITH_A_NAME_THAT_IS_LONGER_THAN_ANY"),
    ],
)
def test_a_spec_and_a_usage_that_we_do_not_know_are_stored_as_aws_says_them(
    kms: Sandbox, payments: AwsAccount, spec: str, usage: str
) -> None:
    key_id = kms.seed_set("111122223333", replicas=["eu-west-1"], key_spec=spec, key_usage=usage)
    scan = scan_now(payments, depth=Depth.DETAILS)
    key = MultiRegionKey.objects.get(key_id=key_id)
    assert outcomes(scan) == {"us-east-1": "seen", "eu-west-1": "seen", "ap-southeast-2": "empty"}
    assert (key.key_spec, key.key_usage) == (spec[:40], usage[:40])
    assert sights(key_id) == {"us-east-1": "seen", "eu-west-1": "seen"}


def test_a_state_that_we_do_not_know_is_stored_as_aws_says_it(kms: Sandbox, payments: AwsAccount) -> None:
    key_id = kms.seed_set("111122223333", replicas=["eu-west-1"])
    kms.desk.keys("111122223333", "eu-west-1")[key_id].key_state = "Archived"
    scan = scan_now(payments)
    assert outcomes(scan) == {"us-east-1": "seen", "eu-west-1": "seen", "ap-southeast-2": "empty"}
    states = RegionKey.objects.filter(key__key_id=key_id).values_list("region", "state")
    assert dict(states) == {"us-east-1": "Enabled", "eu-west-1": "Archived"}
    assert MultiRegionKey.objects.get(key_id=key_id).primary_region == "us-east-1"


def test_a_failed_look_ages_what_it_did_not_see_and_never_deletes_it(
    kms: Sandbox, payments: AwsAccount
) -> None:
    key_id = kms.seed_set("111122223333", primary="us-east-1", replicas=["eu-west-1"])
    scan_now(payments)
    before = RegionKey.objects.get(key__key_id=key_id, region="eu-west-1")
    kms.fault("deny", operation="ListKeys", region="eu-west-1")
    scan_now(payments)
    after = RegionKey.objects.get(key__key_id=key_id, region="eu-west-1")
    assert (after.sight, after.role, after.state) == (Sight.DENIED, "REPLICA", "Enabled")
    assert after.last_seen_at == before.last_seen_at
    assert after.last_look_at is not None
    assert before.last_look_at is not None
    assert after.last_look_at > before.last_look_at


def test_an_account_that_cannot_be_entered_fails_with_a_sentence_and_leaves_its_keys(
    kms: Sandbox, payments: AwsAccount
) -> None:
    key_id = kms.seed_set("111122223333", primary="us-east-1", replicas=["eu-west-1"])
    scan_now(payments)
    kms.fault("role-missing", account="111122223333")
    scan = scan_now(payments)
    assert scan.state == ScanState.FAILED
    assert "AssumeRole" in scan.problem
    assert sights(key_id) == {"us-east-1": "seen", "eu-west-1": "seen"}


def test_a_bad_account_does_not_stop_the_others(
    kms: Sandbox, payments: AwsAccount, research: AwsAccount
) -> None:
    kms.seed_set("222233334444", primary="us-east-1", replicas=["eu-west-1"])
    kms.fault("role-missing", account="111122223333")
    scans = [
        request_scan(each, by="ana", now=timezone.now(), depth=Depth.KEYS) for each in (payments, research)
    ]
    run_scans(scans)
    states = dict(Scan.objects.values_list("account__name", "state"))
    assert states == {"payments": "failed", "research": "finished"}
    assert RegionKey.objects.filter(key__account=research, sight=Sight.SEEN).count() == 2


def test_a_key_that_may_not_be_described_is_shown_with_its_details_denied(
    kms: Sandbox, payments: AwsAccount
) -> None:
    first = kms.seed_set("111122223333", "mrk-" + "1" * 32, primary="us-east-1", replicas=[])
    second = kms.seed_set("111122223333", "mrk-" + "2" * 32, primary="us-east-1", replicas=[], alias="ledger")
    kms.fault("deny", operation="DescribeKey", times=1)
    scan = scan_now(payments)
    part = RegionScan.objects.get(scan=scan, region="us-east-1")
    assert (part.outcome, part.keys_seen, part.keys_denied) == ("partial", 1, 1)
    assert sorted([*sights(first).values(), *sights(second).values()]) == ["denied", "seen"]
    hidden = RegionKey.objects.get(sight=Sight.DENIED)
    assert (hidden.role, hidden.state, hidden.key.key_spec) == ("", "", "")
    assert hidden.key.alias in {"alias/card-vault", "alias/ledger"}
    scan_now(payments)
    hidden.refresh_from_db()
    assert (hidden.sight, hidden.role) == ("seen", "PRIMARY")
    assert MultiRegionKey.objects.get(pk=hidden.key_id).key_spec == "SYMMETRIC_DEFAULT"


def test_a_member_that_a_good_look_no_longer_shows_is_gone_and_its_row_stays(
    kms: Sandbox, payments: AwsAccount
) -> None:
    key_id = kms.seed_set("111122223333", primary="us-east-1", replicas=["eu-west-1"])
    scan_now(payments)
    del kms.desk.keys("111122223333", "eu-west-1")[key_id]
    scan_now(payments)
    scan_now(payments)
    gone = RegionKey.objects.get(key__key_id=key_id, region="eu-west-1")
    assert (gone.sight, gone.role, gone.state) == ("gone", "REPLICA", "Enabled")
    assert Entry.objects.filter(event=Event.KEY_REPLICA_GONE, subject=key_id).count() == 1


def test_a_replica_that_was_not_there_before_is_recorded_once(kms: Sandbox, payments: AwsAccount) -> None:
    key_id = kms.seed_set("111122223333", primary="us-east-1", replicas=["eu-west-1"])
    scan_now(payments)
    assert list(events_of(key_id)) == ["key.first_seen"]
    with Outside(kms.url) as somebody:
        client = somebody.client("111122223333", "us-east-1")
        client.replicate_key(KeyId=key_id, ReplicaRegion="ap-southeast-2")
    scan_now(payments)
    scan_now(payments)
    assert list(events_of(key_id)) == ["key.first_seen", "key.replica_appeared"]
    assert sights(key_id)["ap-southeast-2"] == "seen"


def test_throttling_is_waited_out(
    kms: Sandbox, payments: AwsAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("keyconsole.inventory.scan.rate_limit._PAUSES", (0.0, 0.0, 0.0, 0.0))
    monkeypatch.setattr("keyconsole.kms.sessions.READ_ATTEMPTS", 1)
    kms.seed_set("111122223333", primary="us-east-1", replicas=[])
    kms.fault("throttle", operation="DescribeKey", times=1)
    assert outcomes(scan_now(payments))["us-east-1"] == "seen"


def test_the_second_depth_reads_policy_tags_and_rotation(kms: Sandbox, payments: AwsAccount) -> None:
    key_id = kms.seed_set(
        "111122223333", primary="us-east-1", replicas=["eu-west-1"], tags={"owner": "cards"}
    )
    kms.seed_key("111122223333", region="us-east-1")
    kms.reset_calls()
    scan_now(payments, depth=Depth.DETAILS)
    row = RegionKey.objects.get(key__key_id=key_id, region="eu-west-1")
    assert row.details_at == row.last_seen_at
    assert (row.tags, row.details_problem) == ({"owner": "cards"}, "")
    assert row.policy_sha256 == policy_digest(row.policy)
    assert row.rotation is not None
    assert row.rotation["enabled"] is False
    calls = kms.calls()["by_operation"]
    assert (calls["GetKeyPolicy"], calls["ListResourceTags"], calls["GetKeyRotationStatus"]) == (2, 2, 2)


def test_details_that_are_refused_keep_their_earlier_value_and_say_why(
    kms: Sandbox, payments: AwsAccount
) -> None:
    key_id = kms.seed_set("111122223333", primary="us-east-1", replicas=[], tags={"owner": "cards"})
    scan_now(payments, depth=Depth.DETAILS)
    kms.fault("deny", operation="ListResourceTags")
    scan = scan_now(payments, depth=Depth.DETAILS)
    row = RegionKey.objects.get(key__key_id=key_id)
    assert outcomes(scan)["us-east-1"] == "partial"
    assert row.tags == {"owner": "cards"}
    assert "ListResourceTags in us-east-1 was denied" in row.details_problem
    assert row.policy != ""


def test_a_plain_scan_leaves_the_details_as_they_were(kms: Sandbox, payments: AwsAccount) -> None:
    key_id = kms.seed_set("111122223333", primary="us-east-1", replicas=[], tags={"owner": "cards"})
    scan_now(payments, depth=Depth.DETAILS)
    read = RegionKey.objects.values("details_at", "policy", "tags", "rotation").get(key__key_id=key_id)
    scan_now(payments)
    kept = RegionKey.objects.values("details_at", "policy", "tags", "rotation").get(key__key_id=key_id)
    assert kept == read


def test_all_enabled_regions_are_read_where_none_are_named(kms: Sandbox, payments: AwsAccount) -> None:
    payments.regions = []
    payments.save()
    key_id = kms.seed_set("111122223333", primary="us-west-2", replicas=["ca-central-1"])
    scan = scan_now(payments)
    assert len(outcomes(scan)) > 10
    assert sights(key_id) == {"us-west-2": "seen", "ca-central-1": "seen"}
