"""Each fault by name: what the caller meets, and whether the sandbox acted."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError, ReadTimeoutError

from keyconsole.sandbox.server import Sandbox
from tests.patience import PATIENCE, wait_until
from tests.sandbox.conftest import (
    HURRIED,
    PAYMENTS,
    RESEARCH,
    ask,
    described,
    refusal,
    role,
)

EAST, IRELAND, SYDNEY = "us-east-1", "eu-west-1", "ap-southeast-2"
MOVE = "UpdatePrimaryRegion"


@pytest.fixture
def key(kms: Sandbox) -> str:
    return kms.seed_set(PAYMENTS, replicas=(IRELAND, SYDNEY))


def move(client, key, **options):
    return client(EAST, **options).update_primary_region(KeyId=key, PrimaryRegion=IRELAND)


def primary(client, key):
    return next(region for region in (EAST, IRELAND, SYDNEY) if role(client, region, key) == "PRIMARY")


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("throttle", "ThrottlingException"),
        ("deny", "AccessDeniedException"),
        ("expired-token", "ExpiredTokenException"),
        ("server-error", "KMSInternalException"),
    ],
)
def test_a_refusal_is_answered_without_acting(kms, client, key, name, code):
    kms.fault(name, operation=MOVE)

    assert refusal(client(EAST).update_primary_region, KeyId=key, PrimaryRegion=IRELAND)[0] == code
    assert primary(client, key) == EAST


def test_throttling_has_the_status_and_the_sentence_of_kms(kms, client):
    """Developer guide, throttling: HTTP 400."""
    kms.fault("throttle", operation="ListKeys")
    with pytest.raises(ClientError) as refused:
        client(EAST).list_keys()

    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    assert refused.value.response["Error"]["Message"] == (
        "You have exceeded the rate at which you may call KMS. Reduce the frequency of your calls."
    )


def test_denied_on_the_replica_alone_the_move_is_refused(kms, client, key):
    """API reference: the permission is needed on the primary and on the replica."""
    kms.fault("deny", operation=MOVE, region=IRELAND)
    code, message = refusal(client(EAST).update_primary_region, KeyId=key, PrimaryRegion=IRELAND)

    assert code == "AccessDeniedException"
    assert f"arn:aws:kms:eu-west-1:{PAYMENTS}:key/{key}" in message
    client(EAST).update_primary_region(KeyId=key, PrimaryRegion=SYDNEY)
    assert primary(client, key) == SYDNEY


@pytest.mark.parametrize("region", [EAST, IRELAND])
def test_an_explicit_deny_in_either_key_policy_refuses_the_move(kms, client, key, region):
    deny = '{"Statement": [{"Effect": "Deny", "Principal": {"AWS": "*"}, "Action": "kms:Update*"}]}'
    kms.set_policy(PAYMENTS, region, key, deny)

    code, message = refusal(client(EAST).update_primary_region, KeyId=key, PrimaryRegion=IRELAND)

    assert code == "AccessDeniedException"
    assert f":{region}:" in message
    assert primary(client, key) == EAST


def test_a_time_out_before_acting_leaves_the_key_alone(kms, client, key):
    kms.fault("timeout-before", operation=MOVE, seconds=PATIENCE)

    with pytest.raises(ReadTimeoutError):
        move(client, key, config=HURRIED)
    assert primary(client, key) == EAST


def test_a_time_out_after_acting_has_moved_the_key(kms, client, key):
    kms.fault("timeout-after", operation=MOVE, seconds=PATIENCE)

    with pytest.raises(ReadTimeoutError):
        move(client, key, config=HURRIED)
    wait_until(lambda: primary(client, key) == IRELAND, what="the sandbox has done what nobody waits for")


def test_a_held_connection_is_closed_without_an_answer(kms, client, key):
    kms.fault("timeout-after", operation=MOVE, seconds=0.1)

    with pytest.raises(ConnectionClosedError):
        move(client, key)
    assert primary(client, key) == IRELAND


def test_a_dropped_connection_has_moved_the_key_too(kms, client, key):
    """At once: held for as long as a time-out would be, our own would come first, as another error."""
    kms.fault("drop-after", operation=MOVE, seconds=2 * PATIENCE)

    with pytest.raises(ConnectionClosedError):
        move(client, key)
    assert primary(client, key) == IRELAND


def test_a_server_error_after_acting_has_moved_the_key(kms, client, key):
    kms.fault("server-error-after", operation=MOVE)

    assert refusal(client(EAST).update_primary_region, KeyId=key, PrimaryRegion=IRELAND)[0] == (
        "KMSInternalException"
    )
    assert primary(client, key) == IRELAND


def test_a_region_that_is_down_closes_every_connection_and_the_others_go_on(kms, client, key):
    kms.fault("region-down", region=EAST)

    with pytest.raises(ConnectionClosedError):
        client(EAST).list_keys()
    assert described(client, IRELAND, key)["KeyState"] == "Enabled"


def test_an_unreachable_account_closes_its_connections_alone(kms, client):
    kms.fault("unreachable-account", account=RESEARCH)

    with pytest.raises(ConnectionClosedError):
        client(EAST, account=RESEARCH).list_keys()
    assert client(EAST).list_keys()["Keys"] == []


def test_a_missing_role_cannot_be_assumed(kms, client):
    kms.fault("role-missing", account=RESEARCH)
    sts = client(EAST, service="sts")
    there, here = (f"arn:aws:iam::{number}:role/KeyConsole" for number in (RESEARCH, PAYMENTS))

    assert refusal(sts.assume_role, RoleArn=there, RoleSessionName="test")[0] == "AccessDenied"
    assert "Credentials" in sts.assume_role(RoleArn=here, RoleSessionName="test")


def test_stale_reads_show_the_roles_from_before_the_last_move(kms, client, key):
    kms.fault("stale-reads", region=EAST)
    move(client, key)

    stale = described(client, EAST, key)
    assert stale["MultiRegionConfiguration"]["PrimaryKey"]["Region"] == EAST
    assert (stale["KeyState"], role(client, EAST, key)) == ("Enabled", "PRIMARY")
    assert role(client, IRELAND, key) == "PRIMARY"
    kms.clear_faults()
    assert role(client, EAST, key) == "REPLICA"


def test_reads_can_be_stale_for_some_seconds_only(kms, client, key):
    kms.fault("stale-reads", seconds=0)
    move(client, key)

    assert role(client, EAST, key) == "REPLICA"


def test_a_set_that_never_settles_stays_updating_until_the_fault_is_cleared(kms, client, key):
    kms.fault("never-settle", account=PAYMENTS)
    move(client, key)

    assert described(client, EAST, key)["KeyState"] == "Updating"
    kms.clear_faults("never-settle")
    assert described(client, EAST, key)["KeyState"] == "Enabled"


def test_an_ignored_move_answers_success_and_changes_nothing(kms, client, key):
    kms.fault("ignore", operation=MOVE)

    assert move(client, key)["ResponseMetadata"]["HTTPStatusCode"] == 200
    assert primary(client, key) == EAST


def test_a_fault_ends_by_itself_after_its_times(kms, client):
    kms.fault("throttle", operation="ListKeys", times=2)

    for _ in range(2):
        assert refusal(client(EAST).list_keys)[0] == "ThrottlingException"
    assert client(EAST).list_keys()["Keys"] == []


def test_a_fault_keeps_to_its_operation_account_and_region(kms, client):
    kms.fault("throttle", operation="ListKeys", account=RESEARCH, region=IRELAND)

    assert client(EAST, account=RESEARCH).list_keys()["Keys"] == []
    assert client(IRELAND).list_keys()["Keys"] == []
    assert client(IRELAND, account=RESEARCH).list_aliases()["Aliases"] == []
    assert refusal(client(IRELAND, account=RESEARCH).list_keys)[0] == "ThrottlingException"


def test_faults_are_switched_over_http(kms, client):
    status, on = ask(kms, "POST", "/sandbox/faults", {"name": "throttle", "operation": "ListKeys"})

    assert status == 200
    assert [fault["name"] for fault in on] == ["throttle"]
    assert ask(kms, "GET", "/sandbox/faults") == (200, on)
    assert refusal(client(EAST).list_keys)[0] == "ThrottlingException"
    ask(kms, "DELETE", "/sandbox/faults")
    assert client(EAST).list_keys()["Keys"] == []


@pytest.mark.parametrize(
    ("body", "word"),
    [({"name": "nonsense"}, "nonsense"), ({"name": "deny", "when": 1}, "when"), ([], "object")],
)
def test_a_fault_that_does_not_exist_is_refused_with_what_does(kms, body, word):
    status, answer = ask(kms, "POST", "/sandbox/faults", body)

    assert status == 400
    assert word in answer["error"]
    assert ask(kms, "GET", "/sandbox/faults") == (200, [])
