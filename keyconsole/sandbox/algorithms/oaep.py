"""RSAES-OAEP: one hash for the padding and for its mask, an empty label (developer guide, RSA key specs)."""

from __future__ import annotations

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from keyconsole.sandbox.errors import invalid_ciphertext

HASHES: dict[str, hashes.HashAlgorithm] = {
    "RSAES_OAEP_SHA_1": hashes.SHA1(),  # nosec B303  # noqa: S303 - KMS offers it
    "RSAES_OAEP_SHA_256": hashes.SHA256(),
}


def longest_plaintext(private: rsa.RSAPrivateKey, algorithm: str) -> int:
    """In bytes."""
    return private.key_size // 8 - 2 * HASHES[algorithm].digest_size - 2


def seal(private: rsa.RSAPrivateKey, plaintext: bytes, algorithm: str) -> bytes:
    return private.public_key().encrypt(plaintext, _padding(algorithm))


def unseal(private: rsa.RSAPrivateKey, blob: bytes, algorithm: str) -> bytes:
    try:
        return private.decrypt(blob, _padding(algorithm))
    except ValueError:
        raise invalid_ciphertext() from None


def _padding(algorithm: str) -> padding.OAEP:
    return padding.OAEP(padding.MGF1(HASHES[algorithm]), HASHES[algorithm], None)
