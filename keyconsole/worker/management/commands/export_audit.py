"""`manage.py export_audit DIR`: the record as a static tree that others verify."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from keyconsole.audit import configured
from keyconsole.audit.checkpoints import newest
from keyconsole.audit.events import Event
from keyconsole.audit.log import record
from keyconsole.audit.notes import KeyFileError
from keyconsole.audit.static_tree import NotEmptyError, write_static_tree
from keyconsole.audit.verifier import Checkpoint
from keyconsole.terminal import who_types
from keyconsole.worker.record.signer import our_keys


class Command(BaseCommand):
    help = (
        "Write what the last checkpoint signs into an empty folder, for others to verify: see its VERIFY.md."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, metavar="DIR")

    def handle(self, *, folder: Path, **_: Any) -> None:
        last = newest(configured.origin())
        if last is None:
            raise CommandError("Nothing is signed yet: `checkpoint` signs, and a worker does every minute.")
        try:
            key = next((key for key in our_keys() if Checkpoint.parse(last.note).is_signed_by(key)), None)
            if key is None:
                raise CommandError("The last checkpoint was signed by none of the keys that are set here.")
            write_static_tree(folder, last, key)
        except (KeyFileError, NotEmptyError, OSError) as error:
            raise CommandError(str(error)) from None
        with transaction.atomic():
            data = {"what": "the signed record", "format": "tlog-tiles", "up_to_number": last.size}
            record(Event.AUDIT_EXPORTED, actor=who_types(), subject="audit", now=timezone.now(), data=data)
        self.stdout.write(
            f"Entries 1 to {last.size:,} are in {folder}. How to check them: {folder / 'VERIFY.md'}."
        )
