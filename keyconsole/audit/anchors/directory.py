"""A folder, best on a disk of others, in which each checkpoint has a file that is written once."""

from __future__ import annotations

import os
import re
from pathlib import Path

from keyconsole.audit.anchors.anchor import AnchorError, Kept
from keyconsole.audit.checkpoints import Known
from keyconsole.audit.models import SignedCheckpoint


class Directory:
    name = "directory"

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, checkpoint: SignedCheckpoint) -> Kept:
        folder = self._of(checkpoint.origin)
        file = folder / f"{checkpoint.size:012}.checkpoint"
        content = checkpoint.note.encode()
        try:
            folder.mkdir(parents=True, exist_ok=True)
            if not file.exists():
                _write_once(file, content)
            elif file.read_bytes() != content:
                raise AnchorError(f"{file} holds another checkpoint of the same size.")
        except OSError as error:
            raise AnchorError(f"{file} cannot be written: {error.strerror}.") from None
        return Kept(str(file), content)

    def newest(self, origin: str) -> Known | None:
        try:
            files = sorted(self._of(origin).glob("*.checkpoint"))
            return Known(f"in {files[-1]}", files[-1].read_text(encoding="utf-8")) if files else None
        except (OSError, UnicodeDecodeError) as error:
            raise AnchorError(f"{self._folder} cannot be read: {error}.") from None

    def _of(self, origin: str) -> Path:
        return self._folder / folder_name(origin)


def folder_name(origin: str) -> str:
    return re.sub(r"[^A-Za-z0-9.-]", "_", origin)


def _write_once(file: Path, content: bytes) -> None:
    """Whole or not at all, and on the disk before it is called kept."""
    beside = file.with_suffix(f".{os.getpid()}")
    with beside.open("wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())
    os.link(beside, file)
    beside.unlink()
