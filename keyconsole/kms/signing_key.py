"""A key of AWS KMS that signs for us: Ed25519, so that what it signs is checked like a file's signatures.

KMS facts: key spec ECC_NIST_EDWARDS25519, algorithm ED25519_SHA_512, message type RAW. The private half never
leaves KMS; the worker's own credentials need kms:Sign and kms:GetPublicKey on this key.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

from botocore.config import Config

from keyconsole.kms.mapping import aws_errors
from keyconsole.kms.sdk import SDK_LOCK, make_session

SPEC, ALGORITHM = "ECC_NIST_EDWARDS25519", "ED25519_SHA_512"
RAW_BYTES = 32
_WAITS = Config(connect_timeout=3, read_timeout=10, retries={"mode": "standard", "max_attempts": 4})


class NotASigningKeyError(ValueError):
    """The key is not one that can sign for us; the sentence says why."""


class SigningKey:
    def __init__(self, arn: str) -> None:
        parts = arn.split(":")
        if len(parts) != 6 or parts[2] != "kms" or not parts[5].startswith("key/"):
            raise NotASigningKeyError(f"{arn} is not the ARN of a KMS key.")
        self._arn, self._region = arn, parts[3]

    @cached_property
    def public(self) -> bytes:
        """Raises NotASigningKeyError, KmsError."""
        with aws_errors("GetPublicKey", region=self._region):
            answer = self._client.get_public_key(KeyId=self._arn)
        if answer.get("KeySpec") != SPEC:
            raise NotASigningKeyError(f"{self._arn} is of the spec {answer.get('KeySpec')}, and not {SPEC}.")
        return bytes(answer["PublicKey"])[-RAW_BYTES:]

    def sign(self, message: bytes) -> bytes:
        """Raises KmsError."""
        with aws_errors("Sign", region=self._region):
            answer = self._client.sign(
                KeyId=self._arn, Message=message, MessageType="RAW", SigningAlgorithm=ALGORITHM
            )
        return bytes(answer["Signature"])

    @cached_property
    def _client(self) -> Any:
        with SDK_LOCK:
            return make_session().create_client("kms", region_name=self._region, config=_WAITS)
