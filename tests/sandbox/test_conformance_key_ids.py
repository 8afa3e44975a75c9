"""How an operation is told its key and how it names it: ids, ARNs, aliases, other Regions, other accounts."""

from __future__ import annotations

import json
from typing import Any

import pytest

from keyconsole.sandbox.server import Sandbox
from tests.sandbox.conftest import PAYMENTS, RESEARCH, arn, refusal

EAST, IRELAND = "us-east-1", "eu-west-1"
NO_ALIAS = ("InvalidArnException", "Key Aliases are not supported for this operation.")
ALIAS_ARN = f"arn:aws:kms:{EAST}:{PAYMENTS}:alias/card-vault"
GRANT = {"GranteePrincipal": f"arn:aws:iam::{PAYMENTS}:root", "Operations": ["Decrypt"]}
# The API model names two shapes for these and four for the others.
NO_ALIASES: dict[str, dict[str, Any]] = {
    "cancel_key_deletion": {},
    "create_grant": GRANT,
    "disable_key": {},
    "disable_key_rotation": {},
    "enable_key": {},
    "enable_key_rotation": {},
    "get_key_policy": {},
    "get_key_rotation_status": {},
    "list_grants": {},
    "list_key_policies": {},
    "list_key_rotations": {},
    "list_resource_tags": {},
    "put_key_policy": {"Policy": "{}"},
    "replicate_key": {"ReplicaRegion": "us-west-2"},
    "revoke_grant": {"GrantId": "x"},
    "rotate_key_on_demand": {},
    "schedule_key_deletion": {},
    "tag_resource": {"Tags": [{"TagKey": "a", "TagValue": "b"}]},
    "untag_resource": {"TagKeys": ["a"]},
    "update_key_description": {"Description": "x"},
    "update_primary_region": {"PrimaryRegion": IRELAND},
}
ALIASES: dict[str, dict[str, Any]] = {
    "describe_key": {},
    "encrypt": {"Plaintext": b"x"},
    "generate_data_key": {"KeySpec": "AES_256"},
    "generate_data_key_pair_without_plaintext": {"KeyPairSpec": "ECC_NIST_P256"},
}


@pytest.fixture
def key(kms: Sandbox) -> str:
    return kms.seed_set(PAYMENTS)


@pytest.mark.parametrize("alias", ["alias/card-vault", ALIAS_ARN])
@pytest.mark.parametrize("operation", NO_ALIASES)
def test_management_takes_no_alias(client, key, operation, alias):
    """Recorded of seven operations in 2026-09-12; the others have the same words in the API model."""
    assert refusal(getattr(client(EAST), operation), KeyId=alias, **NO_ALIASES[operation]) == NO_ALIAS


@pytest.mark.parametrize("operation", ALIASES)
def test_cryptography_and_describe_key_take_four_shapes_and_name_the_arn(client, key, operation):
    for shape in (key, arn(EAST, key), "alias/card-vault", ALIAS_ARN):
        answer = getattr(client(EAST), operation)(KeyId=shape, **ALIASES[operation])
        assert answer.get("KeyId", answer.get("KeyMetadata", {}).get("Arn")) == arn(EAST, key)


def test_answers_name_the_key_by_its_arn(client, key):
    """Recorded 2026-09-12. DescribeKey's KeyId alone is the bare id."""
    here = client(EAST)
    grant = here.create_grant(KeyId=key, **GRANT)

    assert here.describe_key(KeyId=key)["KeyMetadata"]["KeyId"] == key
    assert here.get_key_rotation_status(KeyId=key)["KeyId"] == arn(EAST, key)
    assert here.rotate_key_on_demand(KeyId=key)["KeyId"] == arn(EAST, key)
    (listed,) = here.list_grants(KeyId=key)["Grants"]
    assert (listed["KeyId"], listed["GrantId"]) == (arn(EAST, key), grant["GrantId"])
    assert here.schedule_key_deletion(KeyId=key)["KeyId"] == arn(EAST, key)
    assert here.cancel_key_deletion(KeyId=key)["KeyId"] == arn(EAST, key)


@pytest.mark.parametrize("shape", ["key ARN", "alias ARN"])
@pytest.mark.parametrize("operation", ALIASES)
def test_an_arn_of_another_region_is_not_found(client, key, operation, shape):
    """Recorded 2023 of a key ARN; an alias ARN names its Region the same way."""
    foreign = arn(IRELAND, key) if shape == "key ARN" else ALIAS_ARN.replace(EAST, IRELAND)

    assert refusal(getattr(client(EAST), operation), KeyId=foreign, **ALIASES[operation]) == (
        "NotFoundException",
        "Invalid arn eu-west-1",
    )


def test_an_alias_arn_of_another_account_is_not_our_alias(kms, client, key):
    kms.seed_set(RESEARCH, alias="card-vault")
    foreign = ALIAS_ARN.replace(PAYMENTS, RESEARCH)

    assert refusal(client(EAST).describe_key, KeyId=foreign)[0] == "AccessDeniedException"


def allow(kms, key, *, account=RESEARCH, action="kms:*"):
    statement = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{account}:root"}, "Action": action}
    kms.set_policy(PAYMENTS, EAST, key, json.dumps({"Statement": [statement]}))


@pytest.mark.parametrize("shape", ["key ARN", "alias ARN"])
def test_another_account_may_use_a_key_whose_policy_allows_it(kms, client, key, shape):
    """API model: cross-account use with the key ARN or the alias ARN."""
    allow(kms, key)
    named = arn(EAST, key) if shape == "key ARN" else ALIAS_ARN
    theirs = client(EAST, account=RESEARCH)
    sealed = theirs.encrypt(KeyId=named, Plaintext=b"x")

    assert sealed["KeyId"] == arn(EAST, key)
    assert theirs.decrypt(CiphertextBlob=sealed["CiphertextBlob"])["KeyId"] == arn(EAST, key)
    assert theirs.describe_key(KeyId=named)["KeyMetadata"]["AWSAccountId"] == PAYMENTS


def test_another_account_may_grant_where_the_policy_allows_it(kms, client, key):
    """API model: cross-account use of CreateGrant and ListGrants."""
    allow(kms, key)
    theirs = client(EAST, account=RESEARCH)
    grant = theirs.create_grant(KeyId=arn(EAST, key), **GRANT)["GrantId"]

    assert [each["GrantId"] for each in client(EAST).list_grants(KeyId=key)["Grants"]] == [grant]
    assert [each["GrantId"] for each in theirs.list_grants(KeyId=arn(EAST, key))["Grants"]] == [grant]


def test_without_an_allow_another_account_is_denied_and_learns_nothing(kms, client, key):
    """The same words for a key that is closed and one that is not there."""
    theirs = client(EAST, account=RESEARCH)
    code, message = refusal(theirs.describe_key, KeyId=arn(EAST, key))
    missing = "mrk-" + "0" * 32

    assert code == "AccessDeniedException"
    assert refusal(theirs.describe_key, KeyId=arn(EAST, missing)) == (code, message.replace(key, missing))
    allow(kms, key, action="kms:Encrypt")
    assert refusal(theirs.describe_key, KeyId=arn(EAST, key)) == (code, message)
    theirs.encrypt(KeyId=arn(EAST, key), Plaintext=b"x")


def test_a_ciphertext_opens_for_another_account_only_where_the_policy_allows_it(kms, client, key):
    sealed = client(EAST).encrypt(KeyId=key, Plaintext=b"x")["CiphertextBlob"]
    theirs = client(EAST, account=RESEARCH)

    code, message = refusal(theirs.decrypt, CiphertextBlob=sealed)
    assert (code, message[:26]) == ("AccessDeniedException", "The ciphertext refers to a")
    allow(kms, key, action="kms:Decrypt")
    assert theirs.decrypt(CiphertextBlob=sealed)["Plaintext"] == b"x"


@pytest.mark.parametrize(
    "operation",
    sorted(NO_ALIASES.keys() - {"create_grant", "list_grants", "revoke_grant", "get_key_rotation_status"}),
)
def test_management_of_another_accounts_key_is_denied_whatever_its_policy_says(kms, client, key, operation):
    """API model: cross-account use, No."""
    allow(kms, key)
    theirs = client(EAST, account=RESEARCH)

    assert refusal(getattr(theirs, operation), KeyId=arn(EAST, key), **NO_ALIASES[operation])[0] == (
        "AccessDeniedException"
    )
