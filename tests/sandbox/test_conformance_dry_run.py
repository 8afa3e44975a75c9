"""DryRun: a request that would have succeeded says so as an error, one that would not fails as ever.

The sentence was recorded 2026-09-12.
"""

from __future__ import annotations

from typing import Any

import pytest

from keyconsole.sandbox.server import Sandbox
from tests.sandbox.conftest import PAYMENTS, ClientMaker, arn, refusal

EAST = "us-east-1"
DRY = (
    "DryRunOperationException",
    "The request would have succeeded, but the DryRun option is set.",
)
GRANT = {"GranteePrincipal": f"arn:aws:iam::{PAYMENTS}:root", "Operations": ["Decrypt"]}
SYMMETRIC: dict[str, dict[str, Any]] = {
    "encrypt": {"Plaintext": b"x"},
    "generate_data_key": {"KeySpec": "AES_256"},
    "generate_data_key_without_plaintext": {"KeySpec": "AES_256"},
    "generate_data_key_pair": {"KeyPairSpec": "ECC_NIST_P256"},
    "generate_data_key_pair_without_plaintext": {"KeyPairSpec": "ECC_NIST_P256"},
    "create_grant": GRANT,
}


@pytest.fixture
def key(kms: Sandbox) -> str:
    return kms.seed_set(PAYMENTS)


@pytest.fixture
def sealed(client: ClientMaker, key: str) -> bytes:
    blob: bytes = client(EAST).encrypt(KeyId=key, Plaintext=b"x")["CiphertextBlob"]
    return blob


@pytest.mark.parametrize("operation", SYMMETRIC)
def test_a_dry_run_that_would_succeed_says_so(client, key, operation):
    assert refusal(getattr(client(EAST), operation), KeyId=key, DryRun=True, **SYMMETRIC[operation]) == DRY


@pytest.mark.parametrize("operation", SYMMETRIC)
def test_a_dry_run_that_would_fail_fails(client, key, operation):
    client(EAST).disable_key(KeyId=key)

    assert refusal(getattr(client(EAST), operation), KeyId=key, DryRun=True, **SYMMETRIC[operation]) == (
        "DisabledException",
        f"{arn(EAST, key)} is disabled.",
    )


def test_decrypt_and_reencrypt_run_dry(client, key, sealed):
    assert refusal(client(EAST).decrypt, CiphertextBlob=sealed, DryRun=True) == DRY
    assert refusal(client(EAST).re_encrypt, CiphertextBlob=sealed, DestinationKeyId=key, DryRun=True) == DRY
    spoilt = sealed[:-1] + b"?"
    assert refusal(client(EAST).decrypt, CiphertextBlob=spoilt, DryRun=True) == (
        "InvalidCiphertextException",
        "",
    )


def test_signatures_and_macs_run_dry(client):
    made = client(EAST).create_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")
    signing = {"KeyId": made["KeyMetadata"]["KeyId"], "Message": b"x", "SigningAlgorithm": "ECDSA_SHA_256"}
    made = client(EAST).create_key(KeySpec="HMAC_256", KeyUsage="GENERATE_VERIFY_MAC")
    hmac = {"KeyId": made["KeyMetadata"]["KeyId"], "Message": b"x", "MacAlgorithm": "HMAC_SHA_256"}
    signature = client(EAST).sign(**signing)["Signature"]
    mac = client(EAST).generate_mac(**hmac)["Mac"]

    assert refusal(client(EAST).sign, DryRun=True, **signing) == DRY
    assert refusal(client(EAST).verify, Signature=signature, DryRun=True, **signing) == DRY
    assert refusal(client(EAST).generate_mac, DryRun=True, **hmac) == DRY
    assert refusal(client(EAST).verify_mac, Mac=mac, DryRun=True, **hmac) == DRY


def test_a_grant_that_ran_dry_does_not_exist_and_one_that_was_revoked_dry_still_does(client, key):
    refusal(client(EAST).create_grant, KeyId=key, DryRun=True, **GRANT)
    assert client(EAST).list_grants(KeyId=key)["Grants"] == []

    made = client(EAST).create_grant(KeyId=key, **GRANT)
    grant = made["GrantId"]
    assert refusal(client(EAST).retire_grant, GrantToken=made["GrantToken"], DryRun=True) == DRY
    assert refusal(client(EAST).revoke_grant, KeyId=key, GrantId=grant, DryRun=True) == DRY
    assert refusal(client(EAST).retire_grant, KeyId=arn(EAST, key), GrantId=grant, DryRun=True) == DRY
    assert len(client(EAST).list_grants(KeyId=key)["Grants"]) == 1
    client(EAST).revoke_grant(KeyId=key, GrantId=grant)
    assert client(EAST).list_grants(KeyId=key)["Grants"] == []


def test_a_dry_run_can_ask_for_the_permission_alone(kms, client, key):
    """API model of DryRunModifiers: without a ciphertext, for which the key must be named then."""
    how = {"DryRun": True, "DryRunModifiers": ["IGNORE_CIPHERTEXT"]}

    assert refusal(client(EAST).decrypt, KeyId=key, **how) == DRY
    assert refusal(client(EAST).re_encrypt, SourceKeyId=key, DestinationKeyId=key, **how) == DRY
    assert refusal(client(EAST).decrypt, **how)[0] == "ValidationException"
    denied = '{"Statement": [{"Effect": "Deny", "Principal": "*", "Action": "kms:Decrypt"}]}'
    kms.set_policy(PAYMENTS, EAST, key, denied)
    assert refusal(client(EAST).decrypt, KeyId=key, **how)[0] == "AccessDeniedException"


def test_without_a_dry_run_a_ciphertext_is_required(client, key):
    assert refusal(client(EAST).decrypt, KeyId=key)[0] == "ValidationException"
