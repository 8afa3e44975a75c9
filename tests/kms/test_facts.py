from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from keyconsole.inventory.models import MultiRegionKey, RegionKey
from keyconsole.kms.facts import (
    AliasFacts,
    Identity,
    KeyArn,
    KeyState,
    ListedKey,
    NotMultiRegion,
    RegionKeyFacts,
    Role,
    RotationFacts,
)

KEY_ID = "mrk-1234abcd12ab34cd56ef1234567890ab"
PRIMARY = f"arn:aws:kms:us-east-1:111122223333:key/{KEY_ID}"
REPLICA = f"arn:aws:kms:us-west-2:111122223333:key/{KEY_ID}"
FAR = f"arn:aws:kms:ap-east-1:111122223333:key/{KEY_ID}"
CREATED = datetime(2026, 9, 12, 12, 0, tzinfo=timezone(timedelta(hours=2)))


def metadata(**changes: Any) -> dict[str, Any]:
    """DescribeKey of a settled primary with two replicas, as observed 2026-09-12."""
    return {
        "AWSAccountId": "111122223333",
        "KeyId": KEY_ID,
        "Arn": PRIMARY,
        "CreationDate": CREATED,
        "Enabled": True,
        "Description": "card data",
        "KeyUsage": "ENCRYPT_DECRYPT",
        "KeyState": "Enabled",
        "Origin": "AWS_KMS",
        "KeyManager": "CUSTOMER",
        "KeySpec": "SYMMETRIC_DEFAULT",
        "MultiRegion": True,
        "MultiRegionConfiguration": {
            "MultiRegionKeyType": "PRIMARY",
            "PrimaryKey": {"Arn": PRIMARY, "Region": "us-east-1"},
            "ReplicaKeys": [{"Arn": REPLICA, "Region": "us-west-2"}, {"Arn": FAR, "Region": "ap-east-1"}],
        },
    } | changes


def test_an_arn_is_read_and_written_alike():
    arn = KeyArn.parse(PRIMARY)
    assert (arn.partition, arn.region, arn.account_id) == ("aws", "us-east-1", "111122223333")
    assert str(arn) == PRIMARY
    assert str(replace(arn, region="us-west-2")) == REPLICA


@pytest.mark.parametrize("partition", ["aws-cn", "aws-us-gov", "aws-iso-b", "aws-eusc"])
def test_an_arn_keeps_its_partition(partition: str):
    text = f"arn:{partition}:kms:cn-north-1:111122223333:key/{KEY_ID}"
    assert str(replace(KeyArn.parse(text), region="cn-northwest-1")).startswith(
        f"arn:{partition}:kms:cn-northwest-1:"
    )


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "not an ARN"),
        (KEY_ID, "not an ARN"),
        ("arn:aws:s3:us-east-1:111122223333:key/x", "the service 's3'"),
        ("arn:aws:kms:us-east-1:111122223333:alias/payments", "is an alias"),
        ("arn:aws:kms:us-east-1:1111:key/x", "12 digits"),
        ("arn:aws:kms:us-east-1:١١١١٢٢٢٢٣٣٣٣:key/x", "12 digits"),
        ("arn:aws:kms::111122223333:key/x", "a Region"),
        ("arn:aws:kms:us-east-1:111122223333:key/", "name a key"),
        (f"{PRIMARY}/more", "name a key"),
        (f"{PRIMARY}\n", "not an ARN"),
        (f"{PRIMARY} ", "not an ARN"),
        (f"{PRIMARY}\x00", "name a key"),
        ("arn:aws:kms:us-east-1:111122223333:key/" + "x" * 5000, "name a key"),
    ],
)
def test_what_is_no_key_arn_is_refused_with_a_sentence(text: str, why: str):
    with pytest.raises(ValueError, match=why) as caught:
        KeyArn.parse(text)
    assert len(str(caught.value)) < 300
    assert str(caught.value).isprintable()


def test_a_listed_key_says_by_its_id_whether_it_is_multi_region():
    listed = ListedKey.from_entry({"KeyId": KEY_ID, "KeyArn": PRIMARY})
    single = ListedKey.from_entry({"KeyId": "1234", "KeyArn": "arn:aws:kms:us-east-1:111122223333:key/1234"})
    assert (listed.is_multi_region, single.is_multi_region) == (True, False)


def test_a_primary_is_read_with_all_of_its_regions():
    facts = RegionKeyFacts.from_metadata(metadata())
    assert (facts.role, facts.state, facts.region, facts.key_id) == (
        Role.PRIMARY,
        KeyState.ENABLED,
        "us-east-1",
        KEY_ID,
    )
    assert facts.regions == ("ap-east-1", "us-east-1", "us-west-2")
    assert facts.created_at == datetime(2026, 9, 12, 10, 0, tzinfo=UTC)
    assert facts.created_at.utcoffset() == timedelta(0)
    assert [arn.region for arn in facts.replicas] == ["ap-east-1", "us-west-2"]


def test_a_primary_without_replicas_names_only_itself():
    alone = metadata()["MultiRegionConfiguration"] | {"ReplicaKeys": []}
    assert RegionKeyFacts.from_metadata(metadata(MultiRegionConfiguration=alone)).regions == ("us-east-1",)


def test_while_updating_the_state_counts_and_not_the_enabled_flag():
    """Just after a move the former primary says REPLICA, Updating, Enabled=false (observed 2026-09-12)."""
    moving = {
        "MultiRegionKeyType": "REPLICA",
        "PrimaryKey": {"Arn": REPLICA, "Region": "us-west-2"},
        "ReplicaKeys": [{"Arn": PRIMARY, "Region": "us-east-1"}],
    }
    facts = RegionKeyFacts.from_metadata(
        metadata(KeyState="Updating", Enabled=False, MultiRegionConfiguration=moving)
    )
    assert (facts.state, facts.role, facts.primary.region) == (KeyState.UPDATING, Role.REPLICA, "us-west-2")


def test_deletion_is_read_in_both_of_its_forms():
    pending = RegionKeyFacts.from_metadata(metadata(KeyState="PendingDeletion", DeletionDate=CREATED))
    waiting = RegionKeyFacts.from_metadata(
        metadata(KeyState="PendingReplicaDeletion", PendingDeletionWindowInDays=7)
    )
    assert (pending.deletion_at, pending.pending_window_days) == (CREATED, None)
    assert (waiting.deletion_at, waiting.pending_window_days) == (None, 7)


def test_a_single_region_key_is_named_as_such():
    with pytest.raises(NotMultiRegion, match=r"single-Region key"):
        RegionKeyFacts.from_metadata(metadata(MultiRegion=False))


@pytest.mark.parametrize("state", list(KeyState))
def test_every_state_of_the_api_model_is_known(state: KeyState):
    assert RegionKeyFacts.from_metadata(metadata(KeyState=state.value)).state is state


def test_the_states_and_roles_are_those_of_the_api_model(kms_model: Any):
    assert set(kms_model.shape_for("KeyState").enum) == {state.value for state in KeyState}
    assert set(kms_model.shape_for("MultiRegionKeyType").enum) == {role.value for role in Role}


@pytest.mark.parametrize("word", ["Archived", "enabled", "ENABLED"])
def test_a_state_that_aws_has_and_we_do_not_know_keeps_its_word(word: str):
    state = RegionKeyFacts.from_metadata(metadata(KeyState=word)).state
    assert (state.value, str(state), f"{state}") == (word, word, word)
    assert state == word
    assert state not in set(KeyState)
    assert {state: "known"}.get(KeyState.ENABLED) is None
    assert RegionKeyFacts.from_metadata(metadata(KeyState=word)).state == state


def test_the_states_that_we_know_stay_the_same_when_others_came():
    RegionKeyFacts.from_metadata(metadata(KeyState="Archived"))
    assert "Archived" not in [state.value for state in KeyState]
    assert KeyState("Updating") is KeyState.UPDATING


@pytest.mark.parametrize("nothing", ["", None, 7])
def test_what_is_no_word_is_no_state(nothing: Any):
    with pytest.raises(ValueError, match=r"word|valid KeyState"):
        RegionKeyFacts.from_metadata(metadata(KeyState=nothing))


@pytest.mark.parametrize(
    ("spec", "usage"),
    [
        ("ML_KEM_768", "ENCAPSULATE_DECAPSULATE"),
        ("ECC_NIST_EDWARDS25519", "SIGN_VERIFY"),
        ("QUANTUM_9", "TELEPORT"),
    ],
)
def test_specs_and_usages_are_words_of_aws_whatever_they_are(spec: str, usage: str):
    facts = RegionKeyFacts.from_metadata(metadata(KeySpec=spec, KeyUsage=usage))
    assert (facts.key_spec, facts.key_usage) == (spec, usage)


def test_a_word_is_stored_in_a_column_and_fits_it():
    """PostgreSQL refuses a longer text and a NUL, and with it the whole Region's row."""
    facts = RegionKeyFacts.from_metadata(
        metadata(KeyState="S" * 99, KeySpec="ML\0KEM" + "_" * 99, KeyUsage="U" * 99, Origin="O" * 99)
    )
    for field, word in {
        "state": facts.state.value,
        "key_spec": facts.key_spec,
        "key_usage": facts.key_usage,
        "origin": facts.origin,
    }.items():
        model = RegionKey if field == "state" else MultiRegionKey
        assert len(word) == model._meta.get_field(field).max_length  # type: ignore[union-attr]
        assert "\0" not in word


def test_an_alias_without_a_key_is_left_out():
    assert AliasFacts.from_entry({"AliasName": "alias/aws/s3"}) is None
    assert AliasFacts.from_entry({"AliasName": "alias/cards", "TargetKeyId": KEY_ID}) == AliasFacts(
        name="alias/cards", key_id=KEY_ID
    )


def test_rotation_is_read_with_and_without_its_dates():
    off = RotationFacts.from_answer({"KeyRotationEnabled": False, "KeyId": PRIMARY})
    on = RotationFacts.from_answer(
        {
            "KeyRotationEnabled": True,
            "RotationPeriodInDays": 90,
            "NextRotationDate": CREATED,
            "OnDemandRotationStartDate": CREATED,
        }
    )
    assert off == RotationFacts(enabled=False)
    assert on == RotationFacts(enabled=True, period_days=90, next_at=CREATED, on_demand_started_at=CREATED)


def test_an_identity_knows_its_partition():
    identity = Identity.from_answer({"Account": "1", "Arn": "arn:aws-cn:sts::1:assumed-role/a/b"})
    assert identity.partition == "aws-cn"
