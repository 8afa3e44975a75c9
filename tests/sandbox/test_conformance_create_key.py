"""CreateKey: which usage fits which spec. Recorded 2023 and 2026-09-12."""

from __future__ import annotations

import pytest

from tests.sandbox.conftest import refusal

EAST = "us-east-1"
ALGORITHMS = [
    ("SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT", "EncryptionAlgorithms", ["SYMMETRIC_DEFAULT"]),
    ("RSA_3072", "ENCRYPT_DECRYPT", "EncryptionAlgorithms", ["RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256"]),
    (
        "RSA_2048",
        "SIGN_VERIFY",
        "SigningAlgorithms",
        [
            "RSASSA_PKCS1_V1_5_SHA_256",
            "RSASSA_PKCS1_V1_5_SHA_384",
            "RSASSA_PKCS1_V1_5_SHA_512",
            "RSASSA_PSS_SHA_256",
            "RSASSA_PSS_SHA_384",
            "RSASSA_PSS_SHA_512",
        ],
    ),
    ("ECC_NIST_P384", "SIGN_VERIFY", "SigningAlgorithms", ["ECDSA_SHA_384"]),
    ("ECC_NIST_P521", "KEY_AGREEMENT", "KeyAgreementAlgorithms", ["ECDH"]),
    ("ECC_SECG_P256K1", "SIGN_VERIFY", "SigningAlgorithms", ["ECDSA_SHA_256"]),
    (
        "ECC_NIST_EDWARDS25519",
        "SIGN_VERIFY",
        "SigningAlgorithms",
        ["ED25519_PH_SHA_512", "ED25519_SHA_512"],
    ),
    ("HMAC_224", "GENERATE_VERIFY_MAC", "MacAlgorithms", ["HMAC_SHA_224"]),
    ("ML_DSA_44", "SIGN_VERIFY", "SigningAlgorithms", ["ML_DSA_SHAKE_256"]),
    ("ML_KEM_768", "ENCAPSULATE_DECAPSULATE", "EncapsulationAlgorithms", ["ML_KEM"]),
]
FIELDS = {
    "EncryptionAlgorithms", "SigningAlgorithms", "MacAlgorithms", "KeyAgreementAlgorithms",
    "EncapsulationAlgorithms",
}  # fmt: skip


@pytest.mark.parametrize(("spec", "usage", "field", "algorithms"), ALGORITHMS)
def test_a_key_names_the_algorithms_of_its_usage(client, spec, usage, field, algorithms):
    """ML-KEM: API model; the others were recorded."""
    made = client(EAST).create_key(KeySpec=spec, KeyUsage=usage)["KeyMetadata"]

    assert (made["KeySpec"], made["CustomerMasterKeySpec"], made["KeyUsage"]) == (spec, spec, usage)
    assert made[field] == algorithms
    assert FIELDS & set(made) == {field}


@pytest.mark.parametrize("spec", ["HMAC_224", "ECC_NIST_P256", "ML_DSA_44"])
def test_only_symmetric_keys_have_a_usage_by_default(client, spec):
    assert refusal(client(EAST).create_key, KeySpec=spec) == (
        "ValidationException",
        "You must specify a KeyUsage value for all KMS keys except for symmetric encryption keys.",
    )


@pytest.mark.parametrize(
    ("spec", "usage"),
    [
        ("HMAC_512", "ENCRYPT_DECRYPT"),
        ("ECC_NIST_P256", "ENCRYPT_DECRYPT"),
        ("ECC_NIST_EDWARDS25519", "ENCRYPT_DECRYPT"),
        ("ML_DSA_44", "KEY_AGREEMENT"),
    ],
)
def test_a_usage_that_does_not_fit_the_spec_is_refused(client, spec, usage):
    assert refusal(client(EAST).create_key, KeySpec=spec, KeyUsage=usage) == (
        "ValidationException",
        f"KeyUsage {usage} is not compatible with KeySpec {spec}",
    )


def test_a_spec_of_the_china_regions_is_one_that_the_sandbox_lacks(client):
    assert refusal(client(EAST).create_key, KeySpec="SM2", KeyUsage="SIGN_VERIFY") == (
        "UnknownOperationException",
        "The sandbox makes no keys for SM2.",
    )


@pytest.mark.parametrize(("member", "name"), [("KeySpec", "keySpec"), ("KeyUsage", "keyUsage")])
def test_a_word_that_kms_does_not_know_is_refused_with_those_it_does(client, member, name):
    code, message = refusal(client(EAST).create_key, **{member: "RANDOM"})

    assert code == "ValidationException"
    assert message.startswith(
        f"1 validation error detected: Value 'RANDOM' at '{name}' failed to satisfy constraint: "
        "Member must satisfy enum value set: ["
    )
