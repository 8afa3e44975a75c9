"""Who signs the record's checkpoints here, and which places outside keep them."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from keyconsole.audit import configured
from keyconsole.audit.anchors.anchor import Anchor
from keyconsole.audit.anchors.directory import Directory
from keyconsole.audit.notes import Signer
from keyconsole.audit.state import ANCHOR
from keyconsole.audit.verifier import Key


def signer() -> Signer | None:
    """None where nobody signs. Raises KeyFileError."""
    return configured.file_signer()


def our_keys() -> list[Key]:
    """The public halves of all that sign, or signed before. Raises KeyFileError."""
    present = signer()
    return [*([present.key] if present else []), *configured.old_keys()]


def anchors() -> dict[str, Anchor]:
    """By the name of their duty."""
    found: list[Anchor] = []
    if settings.KEYCONSOLE_ANCHOR_DIRECTORY:
        found.append(Directory(Path(settings.KEYCONSOLE_ANCHOR_DIRECTORY)))
    return {f"{ANCHOR}{each.name}": each for each in found}
