"""Who signs the record's checkpoints here, and which places outside keep them."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from django.conf import settings

from keyconsole.audit import configured
from keyconsole.audit.anchors.anchor import Anchor
from keyconsole.audit.anchors.directory import Directory
from keyconsole.audit.anchors.witness import Witness, WitnessKey
from keyconsole.audit.notes import KeyFileError, Signer
from keyconsole.audit.state import ANCHOR
from keyconsole.audit.verifier import Key
from keyconsole.kms.errors import KmsError
from keyconsole.kms.signing_key import NotASigningKeyError, SigningKey
from keyconsole.worker.record.s3 import S3


class KmsSigner:
    """A key of AWS KMS. Raises KeyFileError where KMS refuses or cannot be reached."""

    def __init__(self, held: SigningKey, *, name: str) -> None:
        self._held = held
        try:
            self.key = Key.of(name, held.public)
        except (KmsError, NotASigningKeyError) as error:
            raise KeyFileError(str(error)) from None

    def sign(self, message: bytes) -> bytes:
        try:
            return self._held.sign(message)
        except KmsError as error:
            raise KeyFileError(str(error)) from None


def signer() -> Signer | None:
    """None where nobody signs. Raises KeyFileError."""
    arn: str = settings.KEYCONSOLE_CHECKPOINT_KMS_KEY
    if not arn:
        return configured.file_signer()
    configured.refuse_without_a_name()
    return KmsSigner(_held_by_kms(arn), name=configured.origin())


@cache
def _held_by_kms(arn: str) -> SigningKey:
    """One a process: its public half is asked for once."""
    try:
        return SigningKey(arn)
    except NotASigningKeyError as error:
        raise KeyFileError(str(error)) from None


def our_keys() -> list[Key]:
    """The public halves of all that sign, or signed before. Raises KeyFileError."""
    present = signer()
    return [*([present.key] if present else []), *configured.old_keys()]


def anchors() -> dict[str, Anchor]:
    """By the name of their duty."""
    found: list[Anchor] = []
    if settings.KEYCONSOLE_ANCHOR_DIRECTORY:
        found.append(Directory(Path(settings.KEYCONSOLE_ANCHOR_DIRECTORY)))
    if settings.KEYCONSOLE_ANCHOR_S3:
        found.append(S3(settings.KEYCONSOLE_ANCHOR_S3))
    if settings.KEYCONSOLE_ANCHOR_WITNESS_URL:
        found.append(Witness(settings.KEYCONSOLE_ANCHOR_WITNESS_URL, _witness_key()))
    return {f"{ANCHOR}{each.name}": each for each in found}


def _witness_key() -> WitnessKey | None:
    """None where it cannot be read: its duty then says so."""
    try:
        return WitnessKey.parse(settings.KEYCONSOLE_ANCHOR_WITNESS_KEY)
    except ValueError:
        return None
