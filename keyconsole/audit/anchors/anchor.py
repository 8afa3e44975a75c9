"""A place outside of the database that keeps checkpoints: it shows when the database was rewritten."""

from __future__ import annotations

from typing import NamedTuple, Protocol

from keyconsole.audit.checkpoints import Known
from keyconsole.audit.models import SignedCheckpoint


class AnchorError(RuntimeError):
    """The place did not take a checkpoint, or could not be asked; the sentence says why."""


class ContradictedError(AnchorError):
    """The place knows another record than this one."""


class Kept(NamedTuple):
    """Where it stands there, and what was answered, byte for byte."""

    where: str
    content: bytes


class Anchor(Protocol):
    name: str

    def keep(self, checkpoint: SignedCheckpoint) -> Kept:
        """Raises AnchorError."""

    def newest(self, origin: str) -> Known | None:
        """What it gives back; None where it has none, or gives nothing back. Raises AnchorError."""
