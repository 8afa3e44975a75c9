"""Data keys, data key pairs and random bytes. Recorded 2023 and 2026-09-12."""

from __future__ import annotations

import json
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization

from keyconsole.sandbox.server import Sandbox
from tests.sandbox.conftest import PAYMENTS, arn, described, refusal

EAST, IRELAND = "us-east-1", "eu-west-1"
OPERATIONS: dict[str, tuple[str, dict[str, Any]]] = {
    "GenerateDataKey": ("generate_data_key", {"KeySpec": "AES_256"}),
    "GenerateDataKeyWithoutPlaintext": ("generate_data_key_without_plaintext", {"NumberOfBytes": 24}),
    "GenerateDataKeyPair": ("generate_data_key_pair", {"KeyPairSpec": "ECC_NIST_P256"}),
    "GenerateDataKeyPairWithoutPlaintext": (
        "generate_data_key_pair_without_plaintext",
        {"KeyPairSpec": "ECC_NIST_P256"},
    ),
}


@pytest.fixture
def key(kms: Sandbox) -> str:
    return kms.seed_set(PAYMENTS)


@pytest.mark.parametrize(("how", "length"), [({"KeySpec": "AES_128"}, 16), ({"NumberOfBytes": 24}, 24)])
def test_a_data_key_comes_open_and_sealed_with_the_material_named(client, key, how, length):
    answer = client(EAST).generate_data_key(KeyId=key, EncryptionContext={"a": "1"}, **how)
    opened = client(IRELAND).decrypt(CiphertextBlob=answer["CiphertextBlob"], EncryptionContext={"a": "1"})

    assert len(answer["Plaintext"]) == length
    assert opened["Plaintext"] == answer["Plaintext"]
    assert answer["KeyId"] == arn(EAST, key)
    assert answer["KeyMaterialId"] == described(client, EAST, key)["CurrentKeyMaterialId"]
    assert refusal(client(EAST).decrypt, CiphertextBlob=answer["CiphertextBlob"])[0] == (
        "InvalidCiphertextException"
    )


def test_a_data_key_without_plaintext_comes_sealed_alone(client, key):
    answer = client(EAST).generate_data_key_without_plaintext(KeyId="alias/card-vault", KeySpec="AES_256")

    assert set(answer) == {"CiphertextBlob", "KeyId", "KeyMaterialId", "ResponseMetadata"}
    assert len(client(EAST).decrypt(CiphertextBlob=answer["CiphertextBlob"])["Plaintext"]) == 32


@pytest.mark.parametrize("spec", ["RSA_2048", "ECC_NIST_P384", "ECC_SECG_P256K1", "ECC_NIST_EDWARDS25519"])
def test_a_data_key_pair_matches_and_its_private_half_is_sealed(client, key, spec):
    answer = client(EAST).generate_data_key_pair(KeyId=key, KeyPairSpec=spec)
    opened = client(EAST).decrypt(CiphertextBlob=answer["PrivateKeyCiphertextBlob"])["Plaintext"]
    private = serialization.load_der_private_key(opened, None)
    public = private.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )

    assert opened == answer["PrivateKeyPlaintext"]
    assert public == answer["PublicKey"]
    assert answer["KeyPairSpec"] == spec
    assert answer["KeyId"] == arn(EAST, key)
    assert answer["KeyMaterialId"] == described(client, EAST, key)["CurrentKeyMaterialId"]


def test_a_data_key_pair_can_come_without_its_private_half(client, key):
    answer = client(EAST).generate_data_key_pair_without_plaintext(KeyId=key, KeyPairSpec="ECC_NIST_P256")

    assert set(answer) == {
        "PrivateKeyCiphertextBlob", "PublicKey", "KeyId", "KeyPairSpec", "KeyMaterialId", "ResponseMetadata"
    }  # fmt: skip


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_disabled_key_gives_no_data_keys(client, key, operation):
    method, how = OPERATIONS[operation]
    client(EAST).disable_key(KeyId=key)

    assert refusal(getattr(client(EAST), method), KeyId=key, **how) == (
        "DisabledException",
        f"{arn(EAST, key)} is disabled.",
    )


@pytest.mark.parametrize("operation", OPERATIONS)
def test_each_operation_has_a_permission_of_its_own(kms, client, key, operation):
    method, how = OPERATIONS[operation]
    statement = {"Effect": "Deny", "Principal": "*", "Action": f"kms:{operation}"}
    kms.set_policy(PAYMENTS, EAST, key, json.dumps({"Statement": [statement]}))

    code, message = refusal(getattr(client(EAST), method), KeyId=key, **how)
    assert (code, f"kms:{operation} on resource: {arn(EAST, key)}" in message) == (
        "AccessDeniedException",
        True,
    )


def test_an_rsa_key_gives_no_data_key_pairs(client):
    made = client(EAST).create_key(KeySpec="RSA_2048", KeyUsage="ENCRYPT_DECRYPT")
    rsa = made["KeyMetadata"]["KeyId"]

    assert refusal(client(EAST).generate_data_key_pair, KeyId=rsa, KeyPairSpec="ECC_NIST_P256") == (
        "InvalidKeyUsageException",
        "You cannot generate a data key pair with an asymmetric CMK",
    )
    assert refusal(client(EAST).generate_data_key, KeyId=rsa, KeySpec="AES_256")[0] == (
        "InvalidKeyUsageException"
    )


@pytest.mark.parametrize("how", [{}, {"KeySpec": "AES_256", "NumberOfBytes": 32}])
def test_a_data_key_is_asked_for_by_spec_or_by_length(client, key, how):
    """The emulator underneath has the sentence."""
    assert refusal(client(EAST).generate_data_key, KeyId=key, **how) == (
        "ValidationException",
        "Please specify either number of bytes or key spec.",
    )


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ({}, "NumberOfBytes is required."),
        (
            {"NumberOfBytes": 1025},
            (
                "1 validation error detected: Value '1025' at 'numberOfBytes' failed to satisfy constraint: "
                "Member must have value less than or equal to 1024"
            ),
        ),
    ],
)
def test_random_bytes_are_1_to_1024(client, how, message):
    assert len(client(EAST).generate_random(NumberOfBytes=44)["Plaintext"]) == 44
    assert refusal(client(EAST).generate_random, **how) == ("ValidationException", message)
