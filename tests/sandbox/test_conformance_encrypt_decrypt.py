"""Encrypt, Decrypt and ReEncrypt: whose key opens a ciphertext, in which state, for whom.

Recorded 2026-09-12 unless a test says otherwise; the states are the key-state table of the developer guide.
"""

from __future__ import annotations

import json

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding

from keyconsole.sandbox.server import Sandbox
from tests.sandbox.conftest import PAYMENTS, ClientMaker, arn, described, refusal

EAST, IRELAND = "us-east-1", "eu-west-1"
SECRET = b"4000 0000 0000 0002"
STATES = [
    ("Disabled", "DisabledException", "disabled"),
    ("Creating", "KMSInvalidStateException", "creating"),
    ("PendingDeletion", "KMSInvalidStateException", "pending deletion"),
    ("PendingImport", "KMSInvalidStateException", "pending import"),
]
WRONG_KEY = (
    "IncorrectKeyException",
    "The key ID in the request does not identify a CMK that can perform this operation.",
)
BROKEN = ("InvalidCiphertextException", "")


def deny(action: str) -> str:
    return json.dumps({"Statement": [{"Effect": "Deny", "Principal": "*", "Action": action}]})


@pytest.fixture
def key(kms: Sandbox) -> str:
    return kms.seed_set(PAYMENTS)


@pytest.fixture
def sealed(client: ClientMaker, key: str) -> bytes:
    blob: bytes = client(EAST).encrypt(KeyId=key, Plaintext=SECRET)["CiphertextBlob"]
    return blob


@pytest.fixture
def rsa(client: ClientMaker) -> str:
    made = client(EAST).create_key(KeySpec="RSA_2048", KeyUsage="ENCRYPT_DECRYPT")
    return str(made["KeyMetadata"]["KeyId"])


@pytest.mark.parametrize(("state", "code", "words"), STATES)
@pytest.mark.parametrize("named", [False, True])
def test_decrypt_heeds_the_state_of_the_key_whether_it_is_named_or_not(
    kms, client, key, sealed, state, code, words, named
):
    kms.settle_seconds(60)
    kms.set_state(PAYMENTS, IRELAND, key, state)
    how = {"KeyId": key} if named else {}

    assert refusal(client(IRELAND).decrypt, CiphertextBlob=sealed, **how) == (
        code,
        f"{arn(IRELAND, key)} is {words}.",
    )


def test_decrypt_heeds_the_state_pending_replica_deletion(client, key, sealed):
    client(EAST).schedule_key_deletion(KeyId=key)

    assert refusal(client(EAST).decrypt, CiphertextBlob=sealed) == (
        "KMSInvalidStateException",
        f"{arn(EAST, key)} is pending replica deletion.",
    )


@pytest.mark.parametrize("state", ["Disabled", "PendingReplicaDeletion"])
def test_a_replica_still_decrypts_when_its_primary_cannot(kms, client, key, sealed, state):
    kms.set_state(PAYMENTS, EAST, key, state)

    assert client(IRELAND).decrypt(CiphertextBlob=sealed)["Plaintext"] == SECRET


@pytest.mark.parametrize("named", [False, True])
def test_decrypt_heeds_the_policy_of_the_key_whether_it_is_named_or_not(kms, client, key, sealed, named):
    kms.set_policy(PAYMENTS, EAST, key, deny("kms:Decrypt"))
    how = {"KeyId": key} if named else {}

    assert refusal(client(EAST).decrypt, CiphertextBlob=sealed, **how) == (
        "AccessDeniedException",
        (
            f"User: arn:aws:iam::{PAYMENTS}:user/desk is not authorized to perform: kms:Decrypt on resource: "
            f"{arn(EAST, key)} with an explicit deny in a resource-based policy"
        ),
    )
    assert client(IRELAND).decrypt(CiphertextBlob=sealed)["Plaintext"] == SECRET


@pytest.mark.parametrize(("state", "code", "words"), STATES)
@pytest.mark.parametrize("side", ["source", "destination"])
def test_reencrypt_heeds_the_states_of_both_keys(kms, client, key, sealed, state, code, words, side):
    other = kms.seed_set(PAYMENTS, alias="ledger")
    kms.settle_seconds(60)
    bad = key if side == "source" else other
    kms.set_state(PAYMENTS, IRELAND, bad, state)

    assert refusal(client(IRELAND).re_encrypt, CiphertextBlob=sealed, DestinationKeyId=other) == (
        code,
        f"{arn(IRELAND, bad)} is {words}.",
    )


@pytest.mark.parametrize(("side", "action"), [("source", "ReEncryptFrom"), ("destination", "ReEncryptTo")])
def test_reencrypt_needs_from_on_one_key_and_to_on_the_other(kms, client, key, sealed, side, action):
    """API model, required permissions of ReEncrypt."""
    other = kms.seed_set(PAYMENTS, alias="ledger")
    bad = key if side == "source" else other
    kms.set_policy(PAYMENTS, EAST, bad, deny(f"kms:{action}"))

    code, message = refusal(client(EAST).re_encrypt, CiphertextBlob=sealed, DestinationKeyId=other)

    assert code == "AccessDeniedException"
    assert f"kms:{action} on resource: {arn(EAST, bad)} with an explicit deny" in message


def test_the_answers_of_a_symmetric_key_name_the_algorithm_and_the_material(client, key, sealed):
    material = described(client, EAST, key)["CurrentKeyMaterialId"]
    encrypted = client(EAST).encrypt(KeyId=key, Plaintext=SECRET)
    decrypted = client(EAST).decrypt(CiphertextBlob=sealed)

    assert encrypted["KeyId"] == decrypted["KeyId"] == arn(EAST, key)
    assert encrypted["EncryptionAlgorithm"] == decrypted["EncryptionAlgorithm"] == "SYMMETRIC_DEFAULT"
    assert decrypted["KeyMaterialId"] == material
    assert "KeyMaterialId" not in encrypted


def test_a_replica_answers_with_its_own_arn(client, key, sealed):
    decrypted = client(IRELAND).decrypt(CiphertextBlob=sealed)
    again = client(IRELAND).re_encrypt(CiphertextBlob=sealed, DestinationKeyId=key)
    material = described(client, IRELAND, key)["CurrentKeyMaterialId"]

    assert decrypted["KeyId"] == again["KeyId"] == again["SourceKeyId"] == arn(IRELAND, key)
    assert (
        again["SourceEncryptionAlgorithm"] == again["DestinationEncryptionAlgorithm"] == "SYMMETRIC_DEFAULT"
    )
    assert again["SourceKeyMaterialId"] == again["DestinationKeyMaterialId"] == material


@pytest.mark.parametrize("shape", ["id", "arn", "alias", "alias ARN"])
def test_decrypt_takes_every_shape_of_the_right_key(client, key, sealed, shape):
    shapes = {
        "id": key,
        "arn": arn(IRELAND, key),
        "alias": "alias/card-vault",
        "alias ARN": f"arn:aws:kms:{IRELAND}:{PAYMENTS}:alias/card-vault",
    }

    assert client(IRELAND).decrypt(CiphertextBlob=sealed, KeyId=shapes[shape])["KeyId"] == arn(IRELAND, key)


def test_decrypt_with_another_key_or_the_siblings_arn_is_the_wrong_key(kms, client, key, sealed):
    other = kms.seed_set(PAYMENTS, alias="ledger")

    assert refusal(client(IRELAND).decrypt, CiphertextBlob=sealed, KeyId=other) == WRONG_KEY
    assert refusal(client(IRELAND).decrypt, CiphertextBlob=sealed, KeyId=arn(EAST, key)) == WRONG_KEY
    assert (
        refusal(client(IRELAND).re_encrypt, CiphertextBlob=sealed, SourceKeyId=other, DestinationKeyId=other)
        == WRONG_KEY
    )


def test_a_ciphertext_of_another_region_is_of_a_key_that_does_not_exist_here(kms, client):
    """The emulator underneath and public error reports: one sentence for a missing key and a closed one."""
    single = kms.seed_key(PAYMENTS, region=EAST)
    sealed = client(EAST).encrypt(KeyId=single, Plaintext=SECRET)["CiphertextBlob"]

    assert refusal(client(IRELAND).decrypt, CiphertextBlob=sealed) == (
        "AccessDeniedException",
        (
            "The ciphertext refers to a customer master key that does not exist, does not exist in this "
            "region, or you are not allowed to access."
        ),
    )


@pytest.mark.parametrize("given", [{}, {"purpose": "other"}, {"purpos": "ecards"}])
def test_the_encryption_context_must_be_the_same(client, key, given):
    """Recorded 2023. The last one joins to the same letters as the right one."""
    sealed = client(EAST).encrypt(KeyId=key, Plaintext=SECRET, EncryptionContext={"purpose": "cards"})
    blob = sealed["CiphertextBlob"]

    assert refusal(client(EAST).decrypt, CiphertextBlob=blob, EncryptionContext=given) == BROKEN
    opened = client(EAST).decrypt(CiphertextBlob=blob, EncryptionContext={"purpose": "cards"})
    assert opened["Plaintext"] == SECRET


@pytest.mark.parametrize(
    "spoil", [lambda blob: b"x" + blob[1:], lambda blob: blob[:-1] + b"?", lambda _: b"x"]
)
def test_a_ciphertext_that_was_touched_is_invalid(client, sealed, spoil):
    assert refusal(client(EAST).decrypt, CiphertextBlob=spoil(sealed)) == BROKEN


def test_a_plaintext_has_4096_bytes_at_most(client, key):
    """Recorded 2023."""
    assert client(EAST).encrypt(KeyId=key, Plaintext=b"x" * 4096)["KeyId"] == arn(EAST, key)
    assert refusal(client(EAST).encrypt, KeyId=key, Plaintext=b"x" * 4097) == (
        "ValidationException",
        (
            "1 validation error detected: Value at 'plaintext' failed to satisfy constraint: Member must "
            "have length less than or equal to 4096"
        ),
    )


@pytest.mark.parametrize(
    ("algorithm", "hash_", "most"),
    [("RSAES_OAEP_SHA_1", hashes.SHA1, 214), ("RSAES_OAEP_SHA_256", hashes.SHA256, 190)],
)
def test_an_rsa_key_encrypts_and_opens_what_was_sealed_outside(client, rsa, algorithm, hash_, most):
    how = {"KeyId": rsa, "EncryptionAlgorithm": algorithm}
    inside = client(EAST).encrypt(Plaintext=b"x" * most, **how)
    public = serialization.load_der_public_key(client(EAST).get_public_key(KeyId=rsa)["PublicKey"])
    oaep = padding.OAEP(padding.MGF1(hash_()), hash_(), None)
    outside = public.encrypt(SECRET, oaep)  # type: ignore[union-attr]

    opened = client(EAST).decrypt(CiphertextBlob=inside["CiphertextBlob"], **how)
    assert {"KeyMaterialId"}.isdisjoint(opened)
    assert (inside["EncryptionAlgorithm"], opened["EncryptionAlgorithm"]) == (algorithm, algorithm)
    assert inside["KeyId"] == opened["KeyId"] == arn(EAST, rsa)
    assert opened["Plaintext"] == b"x" * most
    assert client(EAST).decrypt(CiphertextBlob=outside, **how)["Plaintext"] == SECRET
    assert refusal(client(EAST).encrypt, Plaintext=b"x" * (most + 1), **how) == (
        "ValidationException",
        f"Algorithm {algorithm} and key spec RSA_2048 cannot encrypt data larger than {most} bytes.",
    )
    assert refusal(client(EAST).decrypt, CiphertextBlob=b"x" * 256, **how) == BROKEN


def test_an_rsa_key_must_be_named_with_its_algorithm(client, rsa):
    how = {"EncryptionAlgorithm": "RSAES_OAEP_SHA_256"}
    sealed = client(EAST).encrypt(KeyId=rsa, Plaintext=SECRET, **how)["CiphertextBlob"]

    assert refusal(client(EAST).encrypt, KeyId=rsa, Plaintext=SECRET) == (
        "InvalidKeyUsageException",
        "Algorithm SYMMETRIC_DEFAULT is incompatible with key spec RSA_2048.",
    )
    assert refusal(client(EAST).decrypt, CiphertextBlob=sealed, **how) == (
        "ValidationException",
        "KeyId must not be null",
    )
    assert refusal(client(EAST).decrypt, CiphertextBlob=sealed, KeyId=rsa) == BROKEN
    other = {"EncryptionAlgorithm": "RSAES_OAEP_SHA_1"}
    assert refusal(client(EAST).decrypt, CiphertextBlob=sealed, KeyId=rsa, **other) == BROKEN


def test_an_rsa_key_takes_no_encryption_context_but_an_empty_one(client, rsa):
    how = {"KeyId": rsa, "EncryptionAlgorithm": "RSAES_OAEP_SHA_256"}
    refused = (
        "ValidationException",
        "EncryptionContext is not supported when encrypting/decrypting with asymmetric CMKs.",
    )
    context = {"EncryptionContext": {"purpose": "cards"}}
    sealed = client(EAST).encrypt(Plaintext=SECRET, EncryptionContext={}, **how)["CiphertextBlob"]

    assert refusal(client(EAST).encrypt, Plaintext=SECRET, **how, **context) == refused
    assert refusal(client(EAST).decrypt, CiphertextBlob=sealed, **how, **context) == refused
    assert client(EAST).decrypt(CiphertextBlob=sealed, EncryptionContext={}, **how)["Plaintext"] == SECRET


def test_reencrypt_between_symmetric_and_rsa_names_the_material_of_the_symmetric_side(
    client, key, rsa, sealed
):
    algorithm = "RSAES_OAEP_SHA_256"
    material = described(client, EAST, key)["CurrentKeyMaterialId"]
    to_rsa = client(EAST).re_encrypt(
        CiphertextBlob=sealed, DestinationKeyId=rsa, DestinationEncryptionAlgorithm=algorithm
    )
    back = client(EAST).re_encrypt(
        CiphertextBlob=to_rsa["CiphertextBlob"],
        SourceKeyId=rsa,
        SourceEncryptionAlgorithm=algorithm,
        DestinationKeyId=key,
    )

    assert (to_rsa["SourceKeyId"], to_rsa["KeyId"]) == (arn(EAST, key), arn(EAST, rsa))
    assert (to_rsa["SourceKeyMaterialId"], back["DestinationKeyMaterialId"]) == (material, material)
    assert "DestinationKeyMaterialId" not in to_rsa
    assert "SourceKeyMaterialId" not in back
    assert back["SourceEncryptionAlgorithm"] == to_rsa["DestinationEncryptionAlgorithm"] == algorithm
    assert client(EAST).decrypt(CiphertextBlob=back["CiphertextBlob"])["Plaintext"] == SECRET


def test_reencrypt_opens_with_one_context_and_seals_with_the_other(client, key):
    sealed = client(EAST).encrypt(KeyId=key, Plaintext=SECRET, EncryptionContext={"a": "1"})["CiphertextBlob"]
    again = client(EAST).re_encrypt(
        CiphertextBlob=sealed,
        SourceEncryptionContext={"a": "1"},
        DestinationKeyId=key,
        DestinationEncryptionContext={"b": "2"},
    )["CiphertextBlob"]

    assert refusal(client(EAST).decrypt, CiphertextBlob=again, EncryptionContext={"a": "1"}) == BROKEN
    assert client(EAST).decrypt(CiphertextBlob=again, EncryptionContext={"b": "2"})["Plaintext"] == SECRET


@pytest.mark.parametrize(
    ("spec", "usage"), [("HMAC_256", "GENERATE_VERIFY_MAC"), ("ECC_NIST_P256", "SIGN_VERIFY")]
)
def test_a_key_for_something_else_does_not_encrypt(client, spec, usage):
    key = client(EAST).create_key(KeySpec=spec, KeyUsage=usage)["KeyMetadata"]["KeyId"]

    assert refusal(client(EAST).encrypt, KeyId=key, Plaintext=SECRET) == (
        "InvalidKeyUsageException",
        f"{arn(EAST, key)} key usage is {usage} which is not valid for Encrypt.",
    )


def test_a_key_for_something_else_is_the_wrong_key_for_a_ciphertext(client, sealed):
    """Recorded 2023."""
    made = client(EAST).create_key(KeySpec="HMAC_256", KeyUsage="GENERATE_VERIFY_MAC")
    hmac = made["KeyMetadata"]["KeyId"]

    assert refusal(client(EAST).decrypt, CiphertextBlob=sealed, KeyId=hmac) == WRONG_KEY
