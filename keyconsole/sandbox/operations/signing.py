"""Sign, Verify and GetPublicKey (recorded 2023 and 2026-09-12)."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Any

from keyconsole.sandbox.algorithms import signatures
from keyconsole.sandbox.algorithms.key_pairs import PrivateKey, public_der
from keyconsole.sandbox.call import Call
from keyconsole.sandbox.errors import AwsError, invalid, unsupported
from keyconsole.sandbox.key_specs import FIELD_BY_USAGE, SIGN, algorithms_for, algorithms_of, type_of
from keyconsole.sandbox.keys import RegionKey
from keyconsole.sandbox.lookup import find_key, require_allowed, require_state
from keyconsole.sandbox.operations.usable_key import USABLE, end_dry_run, require_algorithm, usable_key
from keyconsole.sandbox.state import Desk

MESSAGE_TYPES = ("RAW", "DIGEST", "EXTERNAL_MU")
# API model of MessageType: the one of Ed25519 that hashes itself, and the one that does not.
ONLY_TYPE = {"ED25519_SHA_512": "RAW", "ED25519_PH_SHA_512": "DIGEST"}
MOST_MESSAGE, MOST_SIGNATURE = 4096, 6144  # bytes, API model


@dataclass(frozen=True)
class Signed:
    """What is signed, how, and by which key: alike for Sign and Verify."""

    key: RegionKey
    message: bytes
    algorithm: str
    is_digest: bool

    @property
    def private(self) -> PrivateKey:
        return self.key.materials[-1].private


def sign(desk: Desk, call: Call) -> dict[str, Any]:
    asked = _asked(desk, call)
    end_dry_run(call)
    signature = signatures.sign(asked.private, asked.message, asked.algorithm, is_digest=asked.is_digest)
    return {
        "KeyId": asked.key.arn,
        "Signature": base64.b64encode(signature).decode(),
        "SigningAlgorithm": asked.algorithm,
    }


def verify(desk: Desk, call: Call) -> dict[str, Any]:
    signature = call.blob("Signature", most=MOST_SIGNATURE)
    asked = _asked(desk, call)
    if not signatures.fits(
        asked.private, asked.message, signature, asked.algorithm, is_digest=asked.is_digest
    ):
        raise AwsError("KMSInvalidSignatureException")
    end_dry_run(call)
    return {"KeyId": asked.key.arn, "SignatureValid": True, "SigningAlgorithm": asked.algorithm}


def get_public_key(desk: Desk, call: Call) -> dict[str, Any]:
    key = find_key(desk, call, alias_allowed=True)
    require_allowed(desk, call, key)
    require_state(desk, key, *USABLE, "Disabled")
    if type_of(key.key_spec) != "asymmetric":
        raise unsupported()
    return {
        "KeyId": key.arn,
        "PublicKey": base64.b64encode(public_der(key.materials[-1].private)).decode(),
        "CustomerMasterKeySpec": key.key_spec,
        "KeySpec": key.key_spec,
        "KeyUsage": key.key_usage,
        FIELD_BY_USAGE[key.key_usage]: list(algorithms_of(key.key_spec, key.key_usage)),
    }


def _asked(desk: Desk, call: Call) -> Signed:
    algorithm = call.choice("SigningAlgorithm", algorithms_for(SIGN))
    message = call.blob("Message", most=MOST_MESSAGE)
    message_type = call.choice("MessageType", MESSAGE_TYPES, default="RAW")
    key = usable_key(desk, call, usage=SIGN)
    require_algorithm(key, algorithm)
    _require_type(key, algorithm, message_type)
    is_digest = message_type == "DIGEST"
    if is_digest and len(message) != signatures.hash_of(algorithm).digest_size:
        raise invalid(f"Digest is invalid length for algorithm {algorithm}.")
    signatures.require_known(algorithm)
    return Signed(key, message, algorithm, is_digest)


def _require_type(key: RegionKey, algorithm: str, message_type: str) -> None:
    if message_type == "EXTERNAL_MU" and not key.key_spec.startswith("ML_DSA_"):
        raise invalid(f"Message type EXTERNAL_MU is incompatible with key spec {key.key_spec}.")
    if message_type != ONLY_TYPE.get(algorithm, message_type):
        raise invalid(f"Message type {message_type} is incompatible with algorithm {algorithm}.")
