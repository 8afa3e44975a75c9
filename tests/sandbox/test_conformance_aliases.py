"""The rules for aliases. API model and developer guide unless a test says that it was recorded."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from keyconsole.sandbox.server import Sandbox
from tests.sandbox.conftest import PAYMENTS, RESEARCH, arn, refusal

EAST, IRELAND = "us-east-1", "eu-west-1"


@pytest.fixture
def key(kms: Sandbox) -> str:
    return kms.seed_set(PAYMENTS, alias="card-vault")


def alias_arn(name: str, region: str = EAST) -> str:
    return f"arn:aws:kms:{region}:{PAYMENTS}:alias/{name}"


def deny(action: str) -> str:
    return json.dumps({"Statement": [{"Effect": "Deny", "Principal": "*", "Action": action}]})


@pytest.mark.parametrize("operation", ["create_alias", "update_alias", "delete_alias"])
def test_an_alias_starts_with_its_prefix(client, key, operation):
    """Recorded 2023 of CreateAlias."""
    more = {} if operation == "delete_alias" else {"TargetKeyId": key}

    assert refusal(getattr(client(EAST), operation), AliasName="card-vault", **more) == (
        "ValidationException",
        (
            'Alias must start with the prefix "alias/". Please see '
            "https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html"
        ),
    )


@pytest.mark.parametrize("name", ["alias/with space", "alias/umlaut-ä", "alias/dot.dot"])
def test_letters_digits_slashes_underscores_and_dashes_alone(client, key, name):
    """The pattern of the API model, in the words of every such refusal."""
    assert refusal(client(EAST).create_alias, AliasName=name, TargetKeyId=key) == (
        "ValidationException",
        (
            f"1 validation error detected: Value '{name}' at 'aliasName' failed to satisfy constraint: "
            "Member must satisfy regular expression pattern: ^[a-zA-Z0-9:/_-]+$"
        ),
    )


def test_a_colon_passes_the_pattern_and_is_refused_all_the_same(client, key):
    """The emulator underneath has the sentence."""
    assert refusal(client(EAST).create_alias, AliasName="alias/with:colon", TargetKeyId=key) == (
        "ValidationException",
        "alias/with:colon contains invalid characters for an alias",
    )


def test_an_alias_has_256_characters_at_most_its_prefix_included(client, key):
    longest = "alias/" + "x" * 250
    client(EAST).create_alias(AliasName=longest, TargetKeyId=key)

    assert refusal(client(EAST).create_alias, AliasName=longest + "x", TargetKeyId=key) == (
        "ValidationException",
        (
            f"1 validation error detected: Value '{longest}x' at 'aliasName' failed to satisfy constraint: "
            "Member must have length less than or equal to 256"
        ),
    )


@pytest.mark.parametrize("operation", ["create_alias", "update_alias", "delete_alias"])
def test_the_prefix_of_aws_is_reserved(client, key, operation):
    more = {} if operation == "delete_alias" else {"TargetKeyId": key}

    assert refusal(getattr(client(EAST), operation), AliasName="alias/aws/mine", **more)[0] == (
        "NotAuthorizedException"
    )


def test_an_alias_exists_once_in_an_account_and_region(kms, client, key):
    """The sentence is the emulator's and in public error reports."""
    assert refusal(client(EAST).create_alias, AliasName="alias/card-vault", TargetKeyId=key) == (
        "AlreadyExistsException",
        f"An alias with the name {alias_arn('card-vault')} already exists",
    )
    theirs = kms.seed_set(RESEARCH, alias=None)
    client(EAST, account=RESEARCH).create_alias(AliasName="alias/card-vault", TargetKeyId=theirs)


@pytest.mark.parametrize("operation", ["create_alias", "update_alias"])
@pytest.mark.parametrize("target", ["alias/ledger", alias_arn("ledger")])
def test_an_alias_points_to_a_key_and_never_to_an_alias(kms, client, key, operation, target):
    """The emulator underneath has the sentence."""
    kms.seed_set(PAYMENTS, alias="ledger")
    name = "alias/new" if operation == "create_alias" else "alias/card-vault"

    assert refusal(getattr(client(EAST), operation), AliasName=name, TargetKeyId=target) == (
        "ValidationException",
        "Aliases must refer to keys. Not aliases",
    )


def test_a_target_in_another_region_or_account_is_refused(kms, client, key):
    theirs = kms.seed_set(RESEARCH)
    create = client(EAST).create_alias

    assert refusal(create, AliasName="alias/new", TargetKeyId=arn(IRELAND, key))[0] == "NotFoundException"
    assert refusal(create, AliasName="alias/new", TargetKeyId=arn(EAST, theirs, RESEARCH))[0] == (
        "AccessDeniedException"
    )


def test_a_key_has_50_aliases_at_most(kms, client):
    """Developer guide, quotas; nobody has recorded the sentence."""
    key = kms.seed_set(PAYMENTS, alias=None)
    other = kms.seed_set(PAYMENTS, alias="other")
    for number in range(50):
        client(EAST).create_alias(AliasName=f"alias/number-{number}", TargetKeyId=key)

    assert refusal(client(EAST).create_alias, AliasName="alias/one-more", TargetKeyId=key)[0] == (
        "LimitExceededException"
    )
    assert refusal(client(EAST).update_alias, AliasName="alias/other", TargetKeyId=key)[0] == (
        "LimitExceededException"
    )
    client(EAST).update_alias(AliasName="alias/number-0", TargetKeyId=key)
    client(EAST).update_alias(AliasName="alias/number-0", TargetKeyId=other)


def test_pointing_an_alias_elsewhere_keeps_the_date_of_its_creation(kms, client, key):
    aliases = kms.desk.aliases_in(PAYMENTS, EAST)
    before = aliases["alias/card-vault"]
    aliases["alias/card-vault"] = replace(before, created_at=before.created_at - 3600)
    client(EAST).update_alias(AliasName="alias/card-vault", TargetKeyId=kms.seed_set(PAYMENTS, alias=None))
    (alias,) = client(EAST).list_aliases()["Aliases"]

    assert alias["LastUpdatedDate"] - alias["CreationDate"] > timedelta(minutes=59)


@pytest.mark.parametrize(
    ("spec", "usage"),
    [("HMAC_256", "GENERATE_VERIFY_MAC"), ("RSA_2048", "ENCRYPT_DECRYPT"), ("RSA_2048", "SIGN_VERIFY")],
)
def test_an_alias_moves_only_to_a_key_of_the_same_type_and_usage(client, key, spec, usage):
    """API model of UpdateAlias; nobody has recorded the answer."""
    other = client(EAST).create_key(KeySpec=spec, KeyUsage=usage)["KeyMetadata"]["KeyId"]

    assert refusal(client(EAST).update_alias, AliasName="alias/card-vault", TargetKeyId=other)[0] == (
        "ValidationException"
    )
    assert client(EAST).describe_key(KeyId="alias/card-vault")["KeyMetadata"]["KeyId"] == key


def test_an_alias_moves_between_asymmetric_keys_of_different_families(client):
    """API model: both symmetric or both asymmetric or both HMAC."""
    how = {"KeyUsage": "SIGN_VERIFY"}
    first, second = (
        client(EAST).create_key(KeySpec=spec, **how)["KeyMetadata"]["KeyId"]
        for spec in ("RSA_2048", "ECC_NIST_P256")
    )
    client(EAST).create_alias(AliasName="alias/signer", TargetKeyId=first)
    client(EAST).update_alias(AliasName="alias/signer", TargetKeyId=second)

    assert client(EAST).describe_key(KeyId="alias/signer")["KeyMetadata"]["KeyId"] == second


@pytest.mark.parametrize("side", ["current", "new"])
def test_moving_an_alias_needs_the_permission_on_both_keys(kms, client, key, side):
    """API model, required permissions of UpdateAlias."""
    other = kms.seed_set(PAYMENTS, alias=None)
    kms.set_policy(PAYMENTS, EAST, key if side == "current" else other, deny("kms:UpdateAlias"))

    assert refusal(client(EAST).update_alias, AliasName="alias/card-vault", TargetKeyId=other)[0] == (
        "AccessDeniedException"
    )


def test_deleting_an_alias_needs_the_permission_on_its_key(kms, client, key):
    """API model, required permissions of DeleteAlias."""
    kms.set_policy(PAYMENTS, EAST, key, deny("kms:DeleteAlias"))

    assert refusal(client(EAST).delete_alias, AliasName="alias/card-vault")[0] == "AccessDeniedException"


def test_an_alias_can_be_deleted_whatever_the_state_of_its_key_but_not_given(client, key):
    """Key-state table of the developer guide."""
    client(IRELAND).schedule_key_deletion(KeyId=key)

    assert refusal(client(IRELAND).create_alias, AliasName="alias/late", TargetKeyId=key) == (
        "KMSInvalidStateException",
        f"{arn(IRELAND, key)} is pending deletion.",
    )
    client(IRELAND).delete_alias(AliasName="alias/card-vault")
    assert client(IRELAND).list_aliases()["Aliases"] == []


@pytest.mark.parametrize("operation", ["update_alias", "delete_alias"])
def test_an_alias_that_does_not_exist_is_not_found_by_its_arn(client, key, operation):
    more = {} if operation == "delete_alias" else {"TargetKeyId": key}

    assert refusal(getattr(client(EAST), operation), AliasName="alias/none", **more) == (
        "NotFoundException",
        f"Alias {alias_arn('none')} is not found.",
    )
