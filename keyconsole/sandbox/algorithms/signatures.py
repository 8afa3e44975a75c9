"""RSASSA, ECDSA and Ed25519. PSS takes a salt as long as its hash (developer guide, RSA key specs)."""

from __future__ import annotations

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed

from keyconsole.sandbox.algorithms.key_pairs import PrivateKey
from keyconsole.sandbox.errors import not_here

HASHES: dict[str, hashes.HashAlgorithm] = {
    "256": hashes.SHA256(),
    "384": hashes.SHA384(),
    "512": hashes.SHA512(),
}
SIGNS_HERE = ("RSASSA_", "ECDSA_", "ED25519_SHA_512")


def hash_of(algorithm: str) -> hashes.HashAlgorithm:
    return HASHES[algorithm.rsplit("_", 1)[-1]]


def require_known(algorithm: str) -> None:
    """Ed25519ph and ML-DSA have no implementation here."""
    if not algorithm.startswith(SIGNS_HERE):
        raise not_here(f"The sandbox cannot sign with {algorithm}.")


def sign(private: PrivateKey, message: bytes, algorithm: str, *, is_digest: bool) -> bytes:
    if isinstance(private, ed25519.Ed25519PrivateKey):
        return private.sign(message)
    hash_ = _hash(algorithm, is_digest=is_digest)
    if isinstance(private, rsa.RSAPrivateKey):
        return private.sign(message, _padding(algorithm), hash_)
    return private.sign(message, ec.ECDSA(hash_))


def fits(private: PrivateKey, message: bytes, signature: bytes, algorithm: str, *, is_digest: bool) -> bool:
    try:
        _verify(private, message, signature, algorithm, is_digest=is_digest)
    except InvalidSignature:
        return False
    return True


def _verify(
    private: PrivateKey, message: bytes, signature: bytes, algorithm: str, *, is_digest: bool
) -> None:
    if isinstance(private, ed25519.Ed25519PrivateKey):
        private.public_key().verify(signature, message)
        return
    hash_ = _hash(algorithm, is_digest=is_digest)
    if isinstance(private, rsa.RSAPrivateKey):
        private.public_key().verify(signature, message, _padding(algorithm), hash_)
    else:
        private.public_key().verify(signature, message, ec.ECDSA(hash_))


def _hash(algorithm: str, *, is_digest: bool) -> hashes.HashAlgorithm | Prehashed:
    hash_ = hash_of(algorithm)
    return Prehashed(hash_) if is_digest else hash_


def _padding(algorithm: str) -> padding.PSS | padding.PKCS1v15:
    if "_PSS_" not in algorithm:
        return padding.PKCS1v15()
    hash_ = hash_of(algorithm)
    return padding.PSS(padding.MGF1(hash_), hash_.digest_size)
