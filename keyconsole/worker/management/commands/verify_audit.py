"""`manage.py verify_audit`: the record, or an export of it, held against what was signed."""

from __future__ import annotations

import sys
from argparse import ArgumentTypeError
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from keyconsole.audit import configured
from keyconsole.audit.known import check_all
from keyconsole.audit.notes import KeyFileError
from keyconsole.audit.verifier import Findings, Key, NotValidError, check_export
from keyconsole.worker.record.duties import known_outside
from keyconsole.worker.record.signer import our_keys

BROKEN, USAGE = 1, 2


class Command(BaseCommand):
    help = (
        "Check the whole record. Ends with 0 where it is intact, 1 at a break, 2 where it cannot be checked."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--from-export", type=Path, metavar="DIR", help="check this export, and no database"
        )
        parser.add_argument("--key", type=_key, metavar="FILE", help="the public key as you know it")

    def handle(self, *, from_export: Path | None, key: Key | None, **_: Any) -> None:
        try:
            found, by = _of_export(from_export, key) if from_export else _of_database(key)
        except (KeyFileError, OSError) as error:
            self.stderr.write(f"It cannot be checked: {error}")
            sys.exit(USAGE)
        except NotValidError as error:
            self.stdout.write(str(error))
            sys.exit(BROKEN)
        self.stdout.write(f"{found.words()} {by}")
        if found.breaks:
            sys.exit(BROKEN)


def _key(name: str) -> Key:
    try:
        return Key.parse(Path(name).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, NotValidError) as error:
        raise ArgumentTypeError(str(error)) from None


def _of_export(folder: Path, key: Key | None) -> tuple[Findings, str]:
    chosen = key or Key.parse((folder / "key").read_text(encoding="utf-8"))
    return check_export(folder, chosen), f"Signed by {chosen}{'' if key else ', as the export says'}."


def _of_database(key: Key | None) -> tuple[Findings, str]:
    origin = key.name if key else configured.origin()
    keys = [key] if key else our_keys()
    by = f"Signed by {keys[0]}." if keys else "No signature was checked: no key is set."
    return check_all(origin, known_outside(origin), keys=keys), by
