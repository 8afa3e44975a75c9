"""Sign, Verify and GetPublicKey: digest modes, salts, lengths. Recorded 2023 and 2026-09-12."""

from __future__ import annotations

import hashlib

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding

from tests.sandbox.conftest import ClientMaker, arn, refusal

EAST = "us-east-1"
MESSAGE = b"pay 12.00 to ledger"
RSA_ALGORITHMS = [
    f"RSASSA_{scheme}_SHA_{bits}" for scheme in ("PKCS1_V1_5", "PSS") for bits in (256, 384, 512)
]
ECC = {
    "ECC_NIST_P256": "ECDSA_SHA_256",
    "ECC_NIST_P384": "ECDSA_SHA_384",
    "ECC_NIST_P521": "ECDSA_SHA_512",
    "ECC_SECG_P256K1": "ECDSA_SHA_256",
}
HASHES = {"256": hashes.SHA256(), "384": hashes.SHA384(), "512": hashes.SHA512()}
INVALID = ("KMSInvalidSignatureException", "")


@pytest.fixture
def signing(client: ClientMaker):
    def make(spec: str = "ECC_NIST_P256", usage: str = "SIGN_VERIFY") -> str:
        return str(client(EAST).create_key(KeySpec=spec, KeyUsage=usage)["KeyMetadata"]["KeyId"])

    return make


def digest(algorithm: str) -> bytes:
    return hashlib.new(f"sha{algorithm[-3:]}", MESSAGE).digest()


def public_key(client, key):
    return serialization.load_der_public_key(client(EAST).get_public_key(KeyId=key)["PublicKey"])


def test_raw_and_digest_give_signatures_that_fit_each_other(client, signing):
    """MessageType says only who hashes."""
    rsa = signing("RSA_2048")
    cases = [(rsa, algorithm) for algorithm in RSA_ALGORITHMS]
    cases += [(signing(spec), algorithm) for spec, algorithm in ECC.items()]
    for key, algorithm in cases:
        how = {"KeyId": key, "SigningAlgorithm": algorithm}
        raw = client(EAST).sign(Message=MESSAGE, **how)
        hashed = client(EAST).sign(Message=digest(algorithm), MessageType="DIGEST", **how)
        assert (raw["KeyId"], raw["SigningAlgorithm"]) == (arn(EAST, key), algorithm)
        for signature in (raw["Signature"], hashed["Signature"]):
            answer = client(EAST).verify(Message=MESSAGE, MessageType="RAW", Signature=signature, **how)
            assert answer.pop("ResponseMetadata")
            assert answer == {"KeyId": arn(EAST, key), "SignatureValid": True, "SigningAlgorithm": algorithm}
            again = {"Message": digest(algorithm), "MessageType": "DIGEST", "Signature": signature}
            assert client(EAST).verify(**again, **how)["SignatureValid"] is True


@pytest.mark.parametrize("bits", ["256", "384", "512"])
def test_the_salt_of_pss_is_as_long_as_the_hash(client, signing, bits):
    """Developer guide, RSA key specs: PSS with SHA-256 along with a 256-bit salt, and so on."""
    key, hash_ = signing("RSA_2048"), HASHES[bits]
    how = {"KeyId": key, "SigningAlgorithm": f"RSASSA_PSS_SHA_{bits}"}
    signature = client(EAST).sign(Message=MESSAGE, **how)["Signature"]
    pss = padding.PSS(padding.MGF1(hash_), hash_.digest_size)

    public_key(client, key).verify(signature, MESSAGE, pss, hash_)
    longer = padding.PSS(padding.MGF1(hash_), hash_.digest_size + 1)
    with pytest.raises(InvalidSignature):
        public_key(client, key).verify(signature, MESSAGE, longer, hash_)


def test_pkcs1_signatures_repeat_and_pss_ones_do_not(client, signing):
    key = signing("RSA_2048")

    def twice(algorithm):
        how = {"KeyId": key, "Message": MESSAGE, "SigningAlgorithm": algorithm}
        return {client(EAST).sign(**how)["Signature"] for _ in range(2)}

    assert len(twice("RSASSA_PKCS1_V1_5_SHA_256")) == 1
    assert len(twice("RSASSA_PSS_SHA_256")) == 2


def test_an_elliptic_signature_can_be_verified_outside(client, signing):
    key = signing("ECC_NIST_P384")
    signed = client(EAST).sign(KeyId=key, Message=MESSAGE, SigningAlgorithm="ECDSA_SHA_384")

    public_key(client, key).verify(signed["Signature"], MESSAGE, ec.ECDSA(hashes.SHA384()))


@pytest.mark.parametrize("spec", ["RSA_2048", *ECC])
def test_a_digest_of_the_wrong_length_is_refused(client, signing, spec):
    for algorithm in RSA_ALGORITHMS if spec.startswith("RSA") else [ECC[spec]]:
        how = {"KeyId": signing(spec), "Message": b"short", "SigningAlgorithm": algorithm}
        expected = ("ValidationException", f"Digest is invalid length for algorithm {algorithm}.")

        assert refusal(client(EAST).sign, MessageType="DIGEST", **how) == expected
        assert refusal(client(EAST).verify, MessageType="DIGEST", Signature=b"x", **how) == expected


@pytest.mark.parametrize("spec", ["RSA_2048", "ECC_NIST_P256", "ECC_NIST_EDWARDS25519"])
def test_an_external_mu_is_for_other_key_specs(client, signing, spec):
    algorithm = {"RSA_2048": "RSASSA_PSS_SHA_512", "ECC_NIST_P256": "ECDSA_SHA_256"}.get(
        spec, "ED25519_SHA_512"
    )

    assert refusal(
        client(EAST).sign,
        KeyId=signing(spec),
        Message=MESSAGE,
        MessageType="EXTERNAL_MU",
        SigningAlgorithm=algorithm,
    ) == ("ValidationException", f"Message type EXTERNAL_MU is incompatible with key spec {spec}.")


def test_ed25519_signs_raw_messages_and_no_digests(client, signing):
    key = signing("ECC_NIST_EDWARDS25519")
    how = {"KeyId": key, "SigningAlgorithm": "ED25519_SHA_512"}
    signature = client(EAST).sign(Message=MESSAGE, **how)["Signature"]

    assert client(EAST).sign(Message=MESSAGE, **how)["Signature"] == signature
    public_key(client, key).verify(signature, MESSAGE)
    assert client(EAST).verify(Message=MESSAGE, Signature=signature, **how)["SignatureValid"] is True
    assert refusal(client(EAST).sign, Message=b"x" * 64, MessageType="DIGEST", **how) == (
        "ValidationException",
        "Message type DIGEST is incompatible with algorithm ED25519_SHA_512.",
    )
    prehashed = {"KeyId": key, "SigningAlgorithm": "ED25519_PH_SHA_512"}
    assert refusal(client(EAST).sign, Message=MESSAGE, **prehashed) == (
        "ValidationException",
        "Message type RAW is incompatible with algorithm ED25519_PH_SHA_512.",
    )


def test_what_the_sandbox_cannot_sign_it_says(client, signing):
    how = {"Message": b"x" * 64, "MessageType": "DIGEST", "SigningAlgorithm": "ED25519_PH_SHA_512"}

    assert refusal(client(EAST).sign, KeyId=signing("ECC_NIST_EDWARDS25519"), **how) == (
        "UnknownOperationException",
        "The sandbox cannot sign with ED25519_PH_SHA_512.",
    )
    assert refusal(client(EAST).get_public_key, KeyId=signing("ML_DSA_44")) == (
        "UnknownOperationException",
        "The sandbox makes no pair for ML_DSA_44.",
    )


@pytest.mark.parametrize("spec", ["RSA_2048", "ECC_NIST_P256", "ECC_NIST_EDWARDS25519"])
def test_a_signature_that_does_not_fit_is_an_error_also_in_a_dry_run(client, signing, spec):
    algorithm = {"RSA_2048": "RSASSA_PSS_SHA_256", "ECC_NIST_P256": "ECDSA_SHA_256"}.get(
        spec, "ED25519_SHA_512"
    )
    how = {"KeyId": signing(spec), "SigningAlgorithm": algorithm}
    signature = client(EAST).sign(Message=MESSAGE, **how)["Signature"]

    assert refusal(client(EAST).verify, Message=b"pay 13.00", Signature=signature, **how) == INVALID
    assert refusal(client(EAST).verify, Message=MESSAGE, Signature=b"x" * 64, **how) == INVALID
    assert refusal(client(EAST).verify, Message=b"pay", Signature=signature, DryRun=True, **how) == INVALID


@pytest.mark.parametrize("spec", ["ECC_NIST_P256", "ECC_NIST_EDWARDS25519"])
def test_an_algorithm_of_another_spec_is_the_wrong_usage(client, signing, spec):
    how = {"KeyId": signing(spec), "Message": MESSAGE, "SigningAlgorithm": "RSASSA_PSS_SHA_256"}

    assert refusal(client(EAST).sign, **how) == (
        "InvalidKeyUsageException",
        f"Algorithm RSASSA_PSS_SHA_256 is incompatible with key spec {spec}.",
    )


@pytest.mark.parametrize(
    ("spec", "usage"), [("SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT"), ("HMAC_256", "GENERATE_VERIFY_MAC")]
)
@pytest.mark.parametrize("operation", ["Sign", "Verify"])
def test_a_key_for_something_else_does_not_sign(client, signing, spec, usage, operation):
    key = signing(spec, usage)
    how = {"KeyId": key, "Message": MESSAGE, "SigningAlgorithm": "ECDSA_SHA_256"}
    more = {"Signature": b"x"} if operation == "Verify" else {}

    assert refusal(getattr(client(EAST), operation.lower()), **how, **more) == (
        "InvalidKeyUsageException",
        f"{arn(EAST, key)} key usage is {usage} which is not valid for {operation}.",
    )


def test_a_message_has_1_to_4096_bytes(client, signing):
    """API model; the words as recorded of other members."""
    how = {"KeyId": signing(), "SigningAlgorithm": "ECDSA_SHA_256"}
    words = "1 validation error detected: Value at 'message' failed to satisfy constraint: Member must have"

    assert refusal(client(EAST).sign, Message=b"x" * 4097, **how) == (
        "ValidationException",
        f"{words} length less than or equal to 4096",
    )
    assert refusal(client(EAST).sign, Message=b"", **how) == (
        "ValidationException",
        f"{words} length greater than or equal to 1",
    )


def test_the_public_key_comes_with_what_the_key_is_for(client, signing):
    ecc, rsa = signing("ECC_NIST_P256"), signing("RSA_2048", "ENCRYPT_DECRYPT")
    answer = client(EAST).get_public_key(KeyId=ecc)
    assert answer.pop("ResponseMetadata")
    assert answer.pop("PublicKey")

    assert answer == {
        "KeyId": arn(EAST, ecc),
        "CustomerMasterKeySpec": "ECC_NIST_P256",
        "KeySpec": "ECC_NIST_P256",
        "KeyUsage": "SIGN_VERIFY",
        "SigningAlgorithms": ["ECDSA_SHA_256"],
    }
    encrypting = client(EAST).get_public_key(KeyId=rsa)
    assert encrypting["EncryptionAlgorithms"] == ["RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256"]
    assert "SigningAlgorithms" not in encrypting


def test_a_disabled_key_still_shows_its_public_half_and_a_deleted_one_does_not(client, signing):
    key = signing()
    client(EAST).disable_key(KeyId=key)
    assert client(EAST).get_public_key(KeyId=key)["KeyId"] == arn(EAST, key)

    client(EAST).schedule_key_deletion(KeyId=key)
    assert refusal(client(EAST).get_public_key, KeyId=key) == (
        "KMSInvalidStateException",
        f"{arn(EAST, key)} is pending deletion.",
    )


def test_a_symmetric_key_has_no_public_half(kms, client, signing):
    key = signing("SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT")

    assert refusal(client(EAST).get_public_key, KeyId=key) == ("UnsupportedOperationException", "")
