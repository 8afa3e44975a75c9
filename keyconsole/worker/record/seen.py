"""The newest checkpoint that this host has seen, in a file: rewriting the database does not reach it."""

from __future__ import annotations

import logging
import os
from pathlib import Path

from keyconsole.audit.checkpoints import Known
from keyconsole.audit.verifier import Checkpoint, NotValidError
from keyconsole.worker.restored import note_file

logger = logging.getLogger("keyconsole.worker")


def file() -> Path:
    return note_file().with_suffix(".checkpoint")


def noted(origin: str) -> list[Known]:
    """Of another origin nothing is known here: somebody chose to begin anew, and the record says so."""
    try:
        note = file().read_text(encoding="utf-8")
        mine = Checkpoint.parse(note).origin == origin
    except (OSError, UnicodeDecodeError, NotValidError):
        return []
    return [Known(f"in {file()}", note)] if mine else []


def note_down(note: str) -> None:
    beside = file().with_suffix(f".{os.getpid()}")
    try:
        beside.write_text(note, encoding="utf-8")
        beside.replace(file())
    except OSError as error:
        logger.warning(
            "A rewritten record would not be noticed here: %s cannot be written (%s).", file(), error
        )
