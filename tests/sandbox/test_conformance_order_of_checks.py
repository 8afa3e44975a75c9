"""Which of several reasons KMS gives. Recorded unless a test says otherwise."""

from __future__ import annotations

import pytest

from keyconsole.sandbox.server import Sandbox
from tests.sandbox.conftest import PAYMENTS, arn, refusal

EAST, IRELAND = "us-east-1", "eu-west-1"


@pytest.fixture
def key(kms: Sandbox) -> str:
    return kms.seed_set(PAYMENTS)


def disabled(client, spec, usage):
    key = client(EAST).create_key(KeySpec=spec, KeyUsage=usage)["KeyMetadata"]["KeyId"]
    client(EAST).disable_key(KeyId=key)
    return key, ("DisabledException", f"{arn(EAST, key)} is disabled.")


def test_the_state_comes_before_the_kind_of_key(client):
    """An RSA key that cannot rotate at all (recorded 2025)."""
    key, expected = disabled(client, "RSA_4096", "ENCRYPT_DECRYPT")

    assert refusal(client(EAST).rotate_key_on_demand, KeyId=key) == expected


@pytest.mark.parametrize("spec", ["HMAC_224", "HMAC_256", "HMAC_384"])
def test_the_state_comes_before_the_algorithm(client, spec):
    """Recorded 2026-09-12."""
    key, expected = disabled(client, spec, "GENERATE_VERIFY_MAC")

    assert (
        refusal(client(EAST).generate_mac, KeyId=key, Message=b"x", MacAlgorithm="HMAC_SHA_512") == expected
    )


def test_the_state_comes_before_the_usage(client):
    """Not recorded: as the state comes before the kind and the algorithm."""
    key, expected = disabled(client, "ECC_NIST_P256", "SIGN_VERIFY")

    assert refusal(client(EAST).encrypt, KeyId=key, Plaintext=b"x") == expected


def test_the_state_of_a_primary_comes_before_the_replica_that_exists_already(client, key):
    """Recorded 2026-09-12: a disabled primary asked for a replica where there is one."""
    client(EAST).disable_key(KeyId=key)

    assert refusal(client(EAST).replicate_key, KeyId=key, ReplicaRegion=IRELAND) == (
        "DisabledException",
        f"{arn(EAST, key)} is disabled.",
    )


def test_a_wrong_key_is_told_before_its_state(kms, client, key):
    """Not recorded: what the ciphertext says is read first."""
    sealed = client(EAST).encrypt(KeyId=key, Plaintext=b"x")["CiphertextBlob"]
    other = kms.seed_set(PAYMENTS, alias="ledger")
    kms.set_state(PAYMENTS, EAST, other, "Disabled")

    assert refusal(client(EAST).decrypt, CiphertextBlob=sealed, KeyId=other)[0] == "IncorrectKeyException"


def test_the_permission_comes_before_the_state(kms, client, key):
    """Not recorded: who may not ask learns nothing of the key."""
    kms.set_policy(
        PAYMENTS, EAST, key, '{"Statement": [{"Effect": "Deny", "Principal": "*", "Action": "kms:Encrypt"}]}'
    )
    kms.set_state(PAYMENTS, EAST, key, "Disabled")

    assert refusal(client(EAST).encrypt, KeyId=key, Plaintext=b"x")[0] == "AccessDeniedException"


def test_the_length_of_a_plaintext_is_told_before_anything_of_the_key(client):
    """Not recorded: members are checked against the API model first."""
    assert refusal(client(EAST).encrypt, KeyId="mrk-fake-key-id", Plaintext=b"x" * 4097)[0] == (
        "ValidationException"
    )
