"""GenerateDataKey, GenerateDataKeyPair, their versions without plaintext, and GenerateRandom.

Answers recorded 2026-09-12, lengths 2023; the refusal of an asymmetric key was recorded of pairs alone.
"""

from __future__ import annotations

import base64
import os
from typing import Any

from keyconsole.sandbox.algorithms.key_pairs import generate, private_der, public_der
from keyconsole.sandbox.call import Call
from keyconsole.sandbox.errors import invalid, unusable
from keyconsole.sandbox.key_specs import DATA_KEY_PAIR_SPECS, ENCRYPT, SYMMETRIC
from keyconsole.sandbox.keys import RegionKey
from keyconsole.sandbox.operations.encryption import seal_under
from keyconsole.sandbox.operations.usable_key import end_dry_run, usable_key
from keyconsole.sandbox.state import Desk

LENGTHS = {"AES_256": 32, "AES_128": 16}  # bytes
MOST_BYTES = 1024


def generate_data_key(desk: Desk, call: Call) -> dict[str, Any]:
    return _data_key(desk, call, with_plaintext=True)


def generate_data_key_without_plaintext(desk: Desk, call: Call) -> dict[str, Any]:
    return _data_key(desk, call, with_plaintext=False)


def generate_data_key_pair(desk: Desk, call: Call) -> dict[str, Any]:
    return _pair(desk, call, with_plaintext=True)


def generate_data_key_pair_without_plaintext(desk: Desk, call: Call) -> dict[str, Any]:
    return _pair(desk, call, with_plaintext=False)


def generate_random(_: Desk, call: Call) -> dict[str, Any]:
    if call.body.get("NumberOfBytes") is None:
        raise invalid("NumberOfBytes is required.")
    return {"Plaintext": _text(os.urandom(_number_of_bytes(call)))}


def _data_key(desk: Desk, call: Call, *, with_plaintext: bool) -> dict[str, Any]:
    length = _length(call)
    key = _symmetric_key(desk, call, "data key")
    end_dry_run(call)
    plaintext = os.urandom(length)
    blob, material = seal_under(desk, key, plaintext, call.context())
    answer = {"CiphertextBlob": _text(blob), "KeyId": key.arn, "KeyMaterialId": material.material_id}
    return answer | ({"Plaintext": _text(plaintext)} if with_plaintext else {})


def _pair(desk: Desk, call: Call, *, with_plaintext: bool) -> dict[str, Any]:
    spec = call.choice("KeyPairSpec", DATA_KEY_PAIR_SPECS)
    key = _symmetric_key(desk, call, "data key pair")
    end_dry_run(call)
    private = generate(spec)
    blob, material = seal_under(desk, key, private_der(private), call.context())
    answer = {
        "PrivateKeyCiphertextBlob": _text(blob),
        "PublicKey": _text(public_der(private)),
        "KeyId": key.arn,
        "KeyPairSpec": spec,
        "KeyMaterialId": material.material_id,
    }
    return answer | ({"PrivateKeyPlaintext": _text(private_der(private))} if with_plaintext else {})


def _symmetric_key(desk: Desk, call: Call, what: str) -> RegionKey:
    key = usable_key(desk, call, usage=ENCRYPT)
    if key.key_spec != SYMMETRIC:
        raise unusable(f"You cannot generate a {what} with an asymmetric CMK")
    return key


def _length(call: Call) -> int:
    spec, number = call.body.get("KeySpec"), call.body.get("NumberOfBytes")
    if (spec is None) == (number is None):
        raise invalid("Please specify either number of bytes or key spec.")
    return LENGTHS[call.choice("KeySpec", LENGTHS)] if spec is not None else _number_of_bytes(call)


def _number_of_bytes(call: Call) -> int:
    return call.number("NumberOfBytes", default=0, minimum=1, maximum=MOST_BYTES)


def _text(blob: bytes) -> str:
    return base64.b64encode(blob).decode()
