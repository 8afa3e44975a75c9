"""Key specs, and which algorithms each has for which usage.

Recorded 2026-09-12 from DescribeKey and CreateKey; ML-KEM is from the API model. What KMS knows beyond this
(SM2, which only the China Regions have) the sandbox does not make.
"""

from __future__ import annotations

ENCRYPT, SIGN, MAC = "ENCRYPT_DECRYPT", "SIGN_VERIFY", "GENERATE_VERIFY_MAC"
AGREE, ENCAPSULATE = "KEY_AGREEMENT", "ENCAPSULATE_DECAPSULATE"
SYMMETRIC = "SYMMETRIC_DEFAULT"

_OAEP = ("RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256")
_RSA = {
    ENCRYPT: _OAEP,
    SIGN: tuple(
        f"RSASSA_{scheme}_SHA_{bits}" for scheme in ("PKCS1_V1_5", "PSS") for bits in (256, 384, 512)
    ),
}

ALGORITHMS: dict[str, dict[str, tuple[str, ...]]] = {
    SYMMETRIC: {ENCRYPT: (SYMMETRIC,)},
    "RSA_2048": _RSA,
    "RSA_3072": _RSA,
    "RSA_4096": _RSA,
    "ECC_NIST_P256": {SIGN: ("ECDSA_SHA_256",), AGREE: ("ECDH",)},
    "ECC_NIST_P384": {SIGN: ("ECDSA_SHA_384",), AGREE: ("ECDH",)},
    "ECC_NIST_P521": {SIGN: ("ECDSA_SHA_512",), AGREE: ("ECDH",)},
    "ECC_SECG_P256K1": {SIGN: ("ECDSA_SHA_256",)},
    "ECC_NIST_EDWARDS25519": {SIGN: ("ED25519_PH_SHA_512", "ED25519_SHA_512")},
    **{f"HMAC_{bits}": {MAC: (f"HMAC_SHA_{bits}",)} for bits in (224, 256, 384, 512)},
    **{f"ML_DSA_{size}": {SIGN: ("ML_DSA_SHAKE_256",)} for size in (44, 65, 87)},
    **{f"ML_KEM_{size}": {ENCAPSULATE: ("ML_KEM",)} for size in (512, 768, 1024)},
}

FIELD_BY_USAGE = {
    ENCRYPT: "EncryptionAlgorithms",
    SIGN: "SigningAlgorithms",
    MAC: "MacAlgorithms",
    AGREE: "KeyAgreementAlgorithms",
    ENCAPSULATE: "EncapsulationAlgorithms",
}

DATA_KEY_PAIR_SPECS = tuple(spec for spec in ALGORITHMS if spec.startswith(("RSA_", "ECC_")))


def algorithms_of(key_spec: str, key_usage: str) -> tuple[str, ...]:
    """Empty for a spec that was put on the desk by hand and that KMS does not have."""
    return ALGORITHMS.get(key_spec, {}).get(key_usage, ())


def algorithms_for(key_usage: str) -> tuple[str, ...]:
    """Every algorithm of a usage, whatever the spec."""
    return tuple(dict.fromkeys(each for usages in ALGORITHMS.values() for each in usages.get(key_usage, ())))


def type_of(key_spec: str) -> str:
    """What must stay the same when an alias moves (API model of UpdateAlias)."""
    if key_spec == SYMMETRIC:
        return "symmetric"
    return "HMAC" if key_spec.startswith("HMAC_") else "asymmetric"
