"""UpdatePrimaryRegion answers as AWS did on 2026-09-12, to the code and the message."""

from __future__ import annotations

import pytest

from keyconsole.sandbox.server import Sandbox
from tests.sandbox.conftest import PAYMENTS, RESEARCH, arn, described, refusal, role

EAST, IRELAND, SYDNEY = "us-east-1", "eu-west-1", "ap-southeast-2"


@pytest.fixture
def key(kms: Sandbox) -> str:
    return kms.seed_set(PAYMENTS, primary=EAST, replicas=(IRELAND, SYDNEY))


def test_a_move_answers_200_with_an_empty_body(client, key):
    answer = client(EAST).update_primary_region(KeyId=arn(EAST, key), PrimaryRegion=IRELAND)

    assert answer.pop("ResponseMetadata")["HTTPStatusCode"] == 200
    assert answer == {}
    assert [role(client, region, key) for region in (EAST, IRELAND, SYDNEY)] == [
        "REPLICA",
        "PRIMARY",
        "REPLICA",
    ]


def test_the_bare_key_id_is_accepted(client, key):
    client(EAST).update_primary_region(KeyId=key, PrimaryRegion=IRELAND)

    assert role(client, IRELAND, key) == "PRIMARY"


def test_moving_to_where_the_primary_is_already_succeeds_and_changes_nothing(client, key):
    answer = client(EAST).update_primary_region(KeyId=key, PrimaryRegion=EAST)

    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 200
    assert described(client, EAST, key)["KeyState"] == "Enabled"
    assert role(client, EAST, key) == "PRIMARY"


def test_a_region_without_a_replica_is_a_validation_error_with_the_bare_id(client, key):
    assert refusal(client(EAST).update_primary_region, KeyId=arn(EAST, key), PrimaryRegion="us-east-2") == (
        "ValidationException",
        f"{key} does not have a replica key in the specified Region.",
    )


def test_a_replica_cannot_hand_over_the_primary(client, key):
    move = client(IRELAND).update_primary_region
    assert refusal(move, KeyId=arn(IRELAND, key), PrimaryRegion=IRELAND) == (
        "KMSInvalidStateException",
        f"{arn(IRELAND, key)} is not a multi-Region primary key.",
    )


@pytest.mark.parametrize("alias", ["alias/card-vault", f"arn:aws:kms:us-east-1:{PAYMENTS}:alias/card-vault"])
def test_an_alias_is_refused(client, key, alias):
    assert refusal(client(EAST).update_primary_region, KeyId=alias, PrimaryRegion=IRELAND) == (
        "InvalidArnException",
        "Key Aliases are not supported for this operation.",
    )


def test_a_disabled_primary_is_reported_before_a_disabled_replica(kms, client, key):
    kms.set_state(PAYMENTS, EAST, key, "Disabled")
    kms.set_state(PAYMENTS, IRELAND, key, "Disabled")

    assert refusal(client(EAST).update_primary_region, KeyId=key, PrimaryRegion=IRELAND) == (
        "DisabledException",
        f"{arn(EAST, key)} is disabled.",
    )


def test_a_disabled_replica_is_named_by_its_own_arn(kms, client, key):
    kms.set_state(PAYMENTS, IRELAND, key, "Disabled")

    assert refusal(client(EAST).update_primary_region, KeyId=key, PrimaryRegion=IRELAND) == (
        "DisabledException",
        f"{arn(IRELAND, key)} is disabled.",
    )


def test_a_replica_pending_deletion_is_named_by_its_own_arn(client, key):
    client(IRELAND).schedule_key_deletion(KeyId=key)

    assert refusal(client(EAST).update_primary_region, KeyId=key, PrimaryRegion=IRELAND) == (
        "KMSInvalidStateException",
        f"{arn(IRELAND, key)} is pending deletion.",
    )


def test_a_primary_pending_replica_deletion_cannot_be_moved_away(client, key):
    """Key-state table of the developer guide (2023); the words as TagResource answered on 2026-09-12."""
    client(EAST).schedule_key_deletion(KeyId=key)

    assert refusal(client(EAST).update_primary_region, KeyId=key, PrimaryRegion=IRELAND) == (
        "KMSInvalidStateException",
        f"{arn(EAST, key)} is pending replica deletion.",
    )


def test_a_replica_pending_import_cannot_become_primary(kms, client):
    """Key-state table of the developer guide (2023)."""
    key = kms.seed_set(PAYMENTS, alias="imported", origin="EXTERNAL")

    assert refusal(client(EAST).update_primary_region, KeyId=key, PrimaryRegion=IRELAND) == (
        "KMSInvalidStateException",
        f"{arn(IRELAND, key)} is pending import.",
    )


def test_a_replica_that_is_being_created_cannot_become_primary(kms, client, key):
    """Key-state table of the developer guide (2023)."""
    kms.settle_seconds(60)
    client(EAST).replicate_key(KeyId=key, ReplicaRegion="ca-central-1")

    assert refusal(client(EAST).update_primary_region, KeyId=key, PrimaryRegion="ca-central-1") == (
        "KMSInvalidStateException",
        f"{arn('ca-central-1', key)} is creating.",
    )


def test_the_state_of_a_third_replica_does_not_matter(kms, client, key):
    """Guide: both the primary and the chosen replica must be Enabled; it speaks of no others."""
    kms.set_state(PAYMENTS, SYDNEY, key, "Disabled")

    client(EAST).update_primary_region(KeyId=key, PrimaryRegion=IRELAND)

    assert role(client, IRELAND, key) == "PRIMARY"


def test_a_single_region_key_is_an_unsupported_operation(kms, client):
    """The code is in the API model; nobody has recorded the message."""
    key = kms.seed_key(PAYMENTS)

    code, message = refusal(client(EAST).update_primary_region, KeyId=key, PrimaryRegion=IRELAND)

    assert code == "UnsupportedOperationException"
    assert arn(EAST, key) in message


def test_another_account_cannot_move_the_key(client, key):
    """API reference: cross-account use of UpdatePrimaryRegion is not allowed."""
    move = client(EAST, account=RESEARCH).update_primary_region

    assert refusal(move, KeyId=arn(EAST, key), PrimaryRegion=IRELAND)[0] == "AccessDeniedException"
    assert refusal(move, KeyId=key, PrimaryRegion=IRELAND)[0] == "NotFoundException"
    assert role(client, EAST, key) == "PRIMARY"


def test_checks_run_in_the_order_of_the_recordings(kms, client, key):
    """A replica asked to move a set without that Region is told that it is no primary, first of all."""
    kms.set_state(PAYMENTS, IRELAND, key, "Disabled")
    asked_there = client(IRELAND).update_primary_region
    asked_at_home = client(EAST).update_primary_region

    assert refusal(asked_there, KeyId=key, PrimaryRegion="us-east-2")[1].endswith("primary key.")
    kms.set_state(PAYMENTS, EAST, key, "Disabled")
    assert refusal(asked_at_home, KeyId=key, PrimaryRegion=EAST)[0] == "DisabledException"
    assert refusal(asked_at_home, KeyId=key, PrimaryRegion="us-east-2")[0] == "DisabledException"
