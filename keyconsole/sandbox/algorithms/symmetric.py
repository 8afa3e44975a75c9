"""SYMMETRIC_DEFAULT: AES-256 in GCM, with a head that names the key material.

A recorded ciphertext of KMS begins with the five bytes and the 32 of the material's id, which is why a
related key of another Region opens it without being told a key (2026-09-12); what follows is the sandbox's
own.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from keyconsole.sandbox.errors import invalid_ciphertext

HEAD = b"\x01\x02\x02\x00x"
ID_BYTES, NONCE_BYTES = 32, 12
START = len(HEAD) + ID_BYTES


def seal(secret: bytes, material_id: str, plaintext: bytes, context: Mapping[str, str]) -> bytes:
    head, nonce = HEAD + bytes.fromhex(material_id), os.urandom(NONCE_BYTES)
    return head + nonce + AESGCM(secret).encrypt(nonce, plaintext, _associated(head, context))


def material_id_in(blob: bytes) -> str:
    """Raise InvalidCiphertextException for what KMS never sealed."""
    if not blob.startswith(HEAD) or len(blob) <= START + NONCE_BYTES:
        raise invalid_ciphertext()
    return blob[len(HEAD) : START].hex()


def unseal(secret: bytes, blob: bytes, context: Mapping[str, str]) -> bytes:
    head, nonce, sealed = blob[:START], blob[START : START + NONCE_BYTES], blob[START + NONCE_BYTES :]
    try:
        return AESGCM(secret).decrypt(nonce, sealed, _associated(head, context))
    except InvalidTag:
        raise invalid_ciphertext() from None


def _associated(head: bytes, context: Mapping[str, str]) -> bytes:
    return head + json.dumps(sorted(context.items())).encode()
