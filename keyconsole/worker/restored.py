"""Notices that the database is older than it was: a backup was restored, and the world is ahead of it.

What ran since the backup is unknown to it, and what was approved then could run a second time. So everything
is frozen until somebody has looked. The note of how far the record went stands beside the database, in the
data folder: whoever restores a backup does not restore that.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import socket
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.db import IntegrityError, connection, transaction

from keyconsole.audit.events import Event
from keyconsole.audit.log import ITSELF, record
from keyconsole.audit.models import Entry
from keyconsole.policies.schedule.freeze import freeze_by_itself

logger = logging.getLogger("keyconsole.worker")


@dataclass(frozen=True, slots=True)
class Head:
    """How far the record goes. `first`: the hash of its first entry, which tells it from another record."""

    first: str
    number: int
    sha256: str
    at: str  # as people read it


def look_for_a_restore(*, now: datetime) -> bool:
    """True where the record is older than this host has seen it; then everything is frozen."""
    head, noted = _head(), _noted()
    went_back = head is not None and noted is not None and _went_back(head, noted)
    if head and noted and went_back:
        _tell(head, noted, now=now)
        head = _head()
    if head and head != noted:
        _note(head)
    return went_back


def note_file() -> Path:
    """One for each database that this data folder has been used with."""
    database = [str(connection.settings_dict[name]) for name in ("ENGINE", "HOST", "PORT", "NAME")]
    name = hashlib.sha256("\n".join(database).encode()).hexdigest()[:16]
    folder: Path = settings.KEYCONSOLE_DATA_DIR
    return folder / f"record-seen-{name}.json"


def _head() -> Head | None:
    first = Entry.objects.order_by("number").values_list("sha256", flat=True).first()
    last = Entry.objects.order_by("-number").first()
    if first is None or last is None:
        return None
    return Head(first, last.number, last.sha256, f"{last.at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC")


def _went_back(head: Head, noted: Head) -> bool:
    if head.first != noted.first:
        return False  # another database: nothing is known about it
    return not Entry.objects.filter(number=noted.number, sha256=noted.sha256).exists()


def _tell(head: Head, noted: Head, *, now: datetime) -> None:
    why = (
        f"The record ended at entry {head.number} of {head.at}, and {socket.gethostname()} had seen entry "
        f"{noted.number} of {noted.at}. If a backup was restored, what ran in between is not in the record, "
        "and what was approved could run twice. Look at it before you lift this: README, Restoring a backup."
    )
    data = {"seen": asdict(noted), "found": asdict(head), "host": socket.gethostname()}
    with transaction.atomic():
        record(Event.RECORD_WENT_BACK, actor=ITSELF, subject="record", now=now, data=data)
    try:
        freeze_by_itself(why=why, now=now)
    except IntegrityError:
        return  # somebody froze everything at this moment


def _noted() -> Head | None:
    try:
        return Head(**json.loads(note_file().read_text()))
    except (OSError, ValueError, TypeError):
        return None  # none yet, or not one of ours


def _note(head: Head) -> None:
    file = note_file()
    beside = file.with_suffix(f".{os.getpid()}")
    try:
        beside.write_text(json.dumps(asdict(head)))
        beside.replace(file)
    except OSError as error:
        logger.warning("A restored backup would not be noticed: %s cannot be written (%s).", file, error)
