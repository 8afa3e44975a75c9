"""`python benchmarks/record.py [--entries N]`: append, tree, list, check and export as the record grows.

In a SQLite file of its own, in seconds of the processor. The first and the last tenth should be alike: flat.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

# Started as a file, Python looks for modules beside it and not in the project.
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

AT_ONCE = 100


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=1_000_000)
    entries: int = parser.parse_args().entries
    with tempfile.TemporaryDirectory() as folder:
        _set_up(Path(folder))
        _measure(entries, Path(folder))


def _set_up(folder: Path) -> None:
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "keyconsole.settings",
        "KEYCONSOLE_DEMO": "1",
        "KEYCONSOLE_SECRET_KEY": "only-for-this-benchmark-" + "x" * 40,
        "KEYCONSOLE_DATA_DIR": str(folder),
        "KEYCONSOLE_DATABASE_URL": f"sqlite:///{folder}/record.sqlite3",
        "KEYCONSOLE_CHECKPOINT_KEY_FILE": str(folder / "key.pem"),
        "KEYCONSOLE_CHECKPOINT_ORIGIN": "example.org/benchmark",
        "KEYCONSOLE_LOG_LEVEL": "ERROR",
    }
    import django  # noqa: PLC0415 - the settings come first

    django.setup()
    from django.core.management import call_command  # noqa: PLC0415

    from keyconsole.audit.notes import make_key_file  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    make_key_file(folder / "key.pem")


def _measure(entries: int, folder: Path) -> None:
    from django.core.management import call_command  # noqa: PLC0415

    from keyconsole.audit.known import check_all  # noqa: PLC0415
    from keyconsole.audit.models import Entry  # noqa: PLC0415
    from keyconsole.audit.tiles import grow  # noqa: PLC0415
    from keyconsole.audit.verifier import Key, check_export  # noqa: PLC0415

    tenth = entries // 10
    for number in range(1, 11):
        appended = _seconds(lambda: _append(tenth))
        grown = _seconds(grow)
        one = min(_seconds(lambda: _append(1)) for _ in range(5))
        print(
            f"tenth {number:2}: {appended / tenth * 1e6:6.0f} us an entry in portions of {AT_ONCE}, "
            f"{one * 1e3:5.1f} ms for one alone, {grown / tenth * 1e6:5.0f} us an entry for the tree"
        )
    newest = Entry.objects.order_by("-number")[:50]
    print(f"the newest page of the list: {_seconds(lambda: list(newest)) * 1e3:.1f} ms")
    signed = _seconds(lambda: call_command("checkpoint", stdout=open(os.devnull, "w")))  # noqa: SIM115, PTH123
    print(f"a checkpoint, with its proofs: {signed * 1e3:.0f} ms")
    print(f"the whole check: {_seconds(lambda: check_all('example.org/benchmark')):.1f} s")
    target = folder / "export"
    print(f"the export: {_seconds(lambda: call_command('export_audit', str(target), verbosity=0)):.1f} s")
    key = Key.parse((target / "key").read_text())
    print(f"our verifier over the export: {_seconds(lambda: check_export(target, key)):.1f} s")


def _append(count: int) -> None:
    from django.db import transaction  # noqa: PLC0415
    from django.utils import timezone  # noqa: PLC0415

    from keyconsole.audit.events import Event  # noqa: PLC0415
    from keyconsole.audit.log import Happened, record_all  # noqa: PLC0415

    data = {"from": "us-east-1", "to": "eu-west-1", "plan_sha256": "0" * 64, "reason": "Closer to its users."}
    for first in range(0, count, AT_ONCE):
        told = [
            Happened(event=Event.CHANGE_DONE, actor="keyconsole", subject=f"CR-{n}", data=data)
            for n in range(first, min(first + AT_ONCE, count))
        ]
        with transaction.atomic():
            record_all(told, now=timezone.now())


def _seconds(deed: Callable[[], object]) -> float:
    began = time.process_time()
    deed()
    return time.process_time() - began


if __name__ == "__main__":
    main()
