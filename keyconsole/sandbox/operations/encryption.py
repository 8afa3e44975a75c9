"""Encrypt, Decrypt and ReEncrypt (answers and refusals recorded 2023 and 2026-09-12).

A symmetric ciphertext names its material, so the key need not be named: its state and its policy are asked
all the same. An RSA ciphertext names nothing.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Any, cast

from cryptography.hazmat.primitives.asymmetric import rsa

from keyconsole.sandbox.algorithms import oaep, symmetric
from keyconsole.sandbox.call import Call
from keyconsole.sandbox.errors import AwsError, invalid
from keyconsole.sandbox.key_specs import ENCRYPT, SYMMETRIC, algorithms_for
from keyconsole.sandbox.keys import RegionKey
from keyconsole.sandbox.lookup import ARN, find_key, is_open_to, require_allowed, require_state
from keyconsole.sandbox.material import Material
from keyconsole.sandbox.operations.usable_key import (
    USABLE,
    end_dry_run,
    require_algorithm,
    usable_key,
)
from keyconsole.sandbox.rotations import current_material, materials
from keyconsole.sandbox.state import Desk

MOST_PLAINTEXT, MOST_CIPHERTEXT = 4096, 6144  # bytes, API model


@dataclass(frozen=True)
class Side:
    """One side of an operation: how its members are called, and which permission it takes."""

    action: str
    key: str = "KeyId"
    context: str = "EncryptionContext"
    algorithm: str = "EncryptionAlgorithm"


ENCRYPTING, DECRYPTING = Side("kms:Encrypt"), Side("kms:Decrypt")
SOURCE = Side("kms:ReEncryptFrom", "SourceKeyId", "SourceEncryptionContext", "SourceEncryptionAlgorithm")
DESTINATION = Side(
    "kms:ReEncryptTo", "DestinationKeyId", "DestinationEncryptionContext", "DestinationEncryptionAlgorithm"
)


@dataclass(frozen=True)
class Opened:
    plaintext: bytes
    key: RegionKey
    algorithm: str
    material: Material | None
    """None for an asymmetric key."""


def encrypt(desk: Desk, call: Call) -> dict[str, Any]:
    plaintext = call.blob("Plaintext", most=MOST_PLAINTEXT)
    key = _sealing_key(desk, call, ENCRYPTING)
    _require_fit(key, plaintext, _algorithm(call, ENCRYPTING))
    end_dry_run(call)
    blob, _ = _seal(desk, call, key, plaintext, ENCRYPTING)
    return {
        "CiphertextBlob": _text(blob),
        "KeyId": key.arn,
        "EncryptionAlgorithm": _algorithm(call, ENCRYPTING),
    }


def decrypt(desk: Desk, call: Call) -> dict[str, Any]:
    if _without_ciphertext(call):
        require_allowed(desk, call, _named_key(desk, call, DECRYPTING), action=DECRYPTING.action)
        end_dry_run(call)
    opened = _open(desk, call, DECRYPTING)
    end_dry_run(call)
    answer = {
        "KeyId": opened.key.arn,
        "Plaintext": _text(opened.plaintext),
        "EncryptionAlgorithm": opened.algorithm,
    }
    return answer | _material("KeyMaterialId", opened.material)


def re_encrypt(desk: Desk, call: Call) -> dict[str, Any]:
    if _without_ciphertext(call):
        for side in (SOURCE, DESTINATION):
            require_allowed(desk, call, _named_key(desk, call, side), action=side.action)
        end_dry_run(call)
    opened = _open(desk, call, SOURCE)
    key, algorithm = _sealing_key(desk, call, DESTINATION), _algorithm(call, DESTINATION)
    _require_fit(key, opened.plaintext, algorithm)
    end_dry_run(call)
    blob, material = _seal(desk, call, key, opened.plaintext, DESTINATION)
    answer = {
        "CiphertextBlob": _text(blob),
        "SourceKeyId": opened.key.arn,
        "KeyId": key.arn,
        "SourceEncryptionAlgorithm": opened.algorithm,
        "DestinationEncryptionAlgorithm": algorithm,
    }
    return (
        answer
        | _material("SourceKeyMaterialId", opened.material)
        | _material("DestinationKeyMaterialId", material)
    )


def seal_under(
    desk: Desk, key: RegionKey, plaintext: bytes, context: dict[str, str]
) -> tuple[bytes, Material]:
    """With the current material of a symmetric key, which the desk then knows by its id."""
    material = current_material(desk, key)
    desk.sealed_with[material.material_id] = (key.account_id, key.id)
    return symmetric.seal(material.secret, material.material_id, plaintext, context), material


def _sealing_key(desk: Desk, call: Call, side: Side) -> RegionKey:
    algorithm = _algorithm(call, side)
    key = usable_key(desk, call, usage=ENCRYPT, name=side.key, action=side.action)
    require_algorithm(key, algorithm)
    if algorithm != SYMMETRIC:
        _refuse_context(call, side)
    return key


def _require_fit(key: RegionKey, plaintext: bytes, algorithm: str) -> None:
    if algorithm == SYMMETRIC:
        return
    most = oaep.longest_plaintext(_rsa(key), algorithm)
    if len(plaintext) > most:
        raise invalid(
            f"Algorithm {algorithm} and key spec {key.key_spec} cannot encrypt data larger than {most} bytes."
        )


def _seal(
    desk: Desk, call: Call, key: RegionKey, plaintext: bytes, side: Side
) -> tuple[bytes, Material | None]:
    algorithm = _algorithm(call, side)
    if algorithm != SYMMETRIC:
        return oaep.seal(_rsa(key), plaintext, algorithm), None
    return seal_under(desk, key, plaintext, call.context(side.context))


def _open(desk: Desk, call: Call, side: Side) -> Opened:
    algorithm = _algorithm(call, side)
    blob = call.blob("CiphertextBlob", most=MOST_CIPHERTEXT)
    if algorithm != SYMMETRIC:
        return _open_rsa(desk, call, side, blob)
    key, material = _sealing_material(desk, call, side, symmetric.material_id_in(blob))
    require_allowed(desk, call, key, action=side.action)
    require_state(desk, key, *USABLE)
    plaintext = symmetric.unseal(material.secret, blob, call.context(side.context))
    return Opened(plaintext, key, algorithm, material)


def _open_rsa(desk: Desk, call: Call, side: Side, blob: bytes) -> Opened:
    algorithm = _algorithm(call, side)
    _require_name(call, side)
    key = usable_key(desk, call, usage=ENCRYPT, name=side.key, action=side.action)
    require_algorithm(key, algorithm)
    _refuse_context(call, side)
    return Opened(oaep.unseal(_rsa(key), blob, algorithm), key, algorithm, None)


def _sealing_material(desk: Desk, call: Call, side: Side, material_id: str) -> tuple[RegionKey, Material]:
    owner, key_id = desk.sealed_with.get(material_id, ("", ""))
    key = desk.keys(owner, call.region).get(key_id) if owner else None
    if call.body.get(side.key) is not None and _named_here(desk, call, side) is not key:
        raise _wrong_key()
    if key is None or (key.account_id != call.account_id and not is_open_to(call, key, side.action)):
        raise AwsError(
            "AccessDeniedException",
            "The ciphertext refers to a customer master key that does not exist, does not exist in this "
            "region, or you are not allowed to access.",
        )
    return key, next(each for each in materials(desk, key) if each.material_id == material_id)


def _named_here(desk: Desk, call: Call, side: Side) -> RegionKey:
    """A related key's ARN of another Region is a wrong key here, not a missing one (recorded)."""
    named = ARN.match(call.text(side.key))
    if named is not None and named["region"] != call.region:
        raise _wrong_key()
    return find_key(desk, call, name=side.key, alias_allowed=True)


def _named_key(desk: Desk, call: Call, side: Side) -> RegionKey:
    _require_name(call, side)
    return find_key(desk, call, name=side.key, alias_allowed=True)


def _require_name(call: Call, side: Side) -> None:
    if call.body.get(side.key) is None:
        raise invalid(f"{side.key} must not be null")


def _refuse_context(call: Call, side: Side) -> None:
    if call.context(side.context):
        raise invalid("EncryptionContext is not supported when encrypting/decrypting with asymmetric CMKs.")


def _without_ciphertext(call: Call) -> bool:
    """API model: a dry run may ask for the permission alone."""
    return call.dry_run and "IGNORE_CIPHERTEXT" in (call.body.get("DryRunModifiers") or ())


def _algorithm(call: Call, side: Side) -> str:
    return call.choice(side.algorithm, algorithms_for(ENCRYPT), default=SYMMETRIC)


def _wrong_key() -> AwsError:
    return AwsError(
        "IncorrectKeyException",
        "The key ID in the request does not identify a CMK that can perform this operation.",
    )


def _rsa(key: RegionKey) -> rsa.RSAPrivateKey:
    return cast("rsa.RSAPrivateKey", key.materials[-1].private)


def _material(name: str, material: Material | None) -> dict[str, str]:
    return {name: material.material_id} if material else {}


def _text(blob: bytes) -> str:
    return base64.b64encode(blob).decode()
