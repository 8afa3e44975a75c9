"""`manage.py checkpoint`: signs the record as it is now, and makes the key for that."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from keyconsole.audit import configured
from keyconsole.audit.checkpoints import newest
from keyconsole.audit.models import Duty
from keyconsole.audit.notes import KeyFileError, make_key_file
from keyconsole.audit.state import CHECKPOINT
from keyconsole.lease import give_back, take_idle
from keyconsole.worker.record import duties
from keyconsole.worker.record.signer import signer


class Command(BaseCommand):
    help = "Sign a checkpoint over everything that is recorded, now; prints it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--make-key", type=Path, metavar="FILE", help="make a key in this new file, and end"
        )
        parser.add_argument(
            "--show-key", action="store_true", help="print the public key, for those who verify"
        )

    def handle(self, *, make_key: Path | None, show_key: bool, **_: Any) -> None:
        try:
            if make_key:
                make_key_file(make_key)
                self.stdout.write(
                    f"Set KEYCONSOLE_CHECKPOINT_KEY_FILE={make_key.resolve()}, and keep a copy apart."
                )
                return
            chosen = signer()
        except FileExistsError:
            raise CommandError(f"{make_key} is there already; it was left as it is.") from None
        except (KeyFileError, OSError) as error:
            raise CommandError(str(error)) from None
        if chosen is None:
            raise CommandError(
                "Nothing signs here: set KEYCONSOLE_CHECKPOINT_KEY_FILE and KEYCONSOLE_CHECKPOINT_ORIGIN."
            )
        if show_key:
            self.stdout.write(str(chosen.key))
            return
        _sign()
        last = newest(configured.origin())
        self.stdout.write(last.note if last else "Nothing was recorded yet.", ending="")


def _sign() -> None:
    """As the workers do, and never at the same time."""
    now = timezone.now()
    duties.make_sure(now=now)
    duty = Duty.objects.get(name=CHECKPOINT)
    if not take_idle(duty, now=now, lasts=duties.LASTS):
        raise CommandError("A worker signs at this moment; try again.")
    result = duties.sign(duty, now)
    duties.finish(duty, result, now=timezone.now())
    give_back(duty, due_at=timezone.now() + duties.EVERY)
    if result.problem:
        raise CommandError(result.problem)
