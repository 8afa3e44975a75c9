"""Signing a checkpoint, as C2SP tlog-checkpoint has it, and the keys that do."""

from __future__ import annotations

import re
from base64 import b64encode
from pathlib import Path
from typing import Protocol

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from keyconsole.audit.verifier import Checkpoint, Key


class KeyFileError(ValueError):
    """The file with the key that signs checkpoints cannot be used; the sentence says why."""


class Signer(Protocol):
    """Whatever holds the private key: a file, or a key of AWS KMS."""

    key: Key

    def sign(self, message: bytes) -> bytes: ...


class FileSigner:
    """A PEM file, as `openssl genpkey -algorithm ed25519` makes it."""

    def __init__(self, file: Path, *, name: str) -> None:
        try:
            private = load_pem_private_key(file.read_bytes(), password=None)
        except OSError as error:
            raise KeyFileError(f"{file} cannot be read: {error.strerror}.") from None
        except (ValueError, TypeError):
            raise KeyFileError(f"{file} holds no private key in PEM without a password.") from None
        if not isinstance(private, Ed25519PrivateKey):
            raise KeyFileError(f"{file} holds no Ed25519 key: openssl genpkey -algorithm ed25519 makes one.")
        raw = private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        self._private, self.key = private, Key.of(name, raw)

    def sign(self, message: bytes) -> bytes:
        return self._private.sign(message)


def make_key_file(file: Path) -> None:
    """For the owner alone; raises FileExistsError where something is there already."""
    private = Ed25519PrivateKey.generate()
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file.touch(mode=0o600, exist_ok=False)
    file.write_bytes(pem)


def is_name(text: str) -> bool:
    """Whether C2SP lets a key, and so our origin, be called so."""
    return bool(re.fullmatch(r"[^\s+]{1,200}", text))


def sign_checkpoint(signer: Signer, *, origin: str, size: int, root: bytes) -> Checkpoint:
    body = f"{origin}\n{size}\n{b64encode(root).decode()}\n"
    signature = b64encode(signer.key.key_id + signer.sign(body.encode())).decode()
    return Checkpoint(origin, size, root, f"{body}\n\N{EM DASH} {signer.key.name} {signature}\n")
