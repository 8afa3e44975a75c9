"""`python benchmarks/scan.py [--small] [--rounds N]`: our scan beside a naive boto3 loop.

Both read the same seeded sandbox in one run, by turns. Calls are counted by the sandbox, not by the readers.
"""

from __future__ import annotations

import argparse
import os
import secrets
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

# Started as a file, Python looks for modules beside it and not in the project.
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.desk import FULL, KEYS, SMALL, Size, calls_since_reset, reset_calls, seeded_desk


@dataclass(frozen=True)
class Result:
    name: str
    seconds: float
    calls: dict[str, int]
    found: int

    @property
    def total(self) -> int:
        return sum(self.calls.values())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true", help="a fraction of the keys, for a quick look")
    parser.add_argument("--rounds", type=int, default=2, help="how often each side reads everything")
    options = parser.parse_args()
    size = SMALL if options.small else FULL
    with tempfile.TemporaryDirectory() as folder, seeded_desk(size) as url:
        ours, naive = _set_up(Path(folder), url, size), _naive(url, size)
        results = [_measured(name, read, url) for _ in range(options.rounds) for name, read in (ours, naive)]
    _print(size, results)
    if any(result.found != size.region_keys for result in results):
        raise SystemExit(f"Not everybody found all {size.region_keys} Region keys.")


def _naive(url: str, size: Size) -> tuple[str, Callable[[], int]]:
    from benchmarks.naive import read_everything  # noqa: PLC0415 - boto3 is slow to import

    return "naive loop", lambda: read_everything(url, size)


def _set_up(folder: Path, url: str, size: Size) -> tuple[str, Callable[[], int]]:
    """A database of its own with the accounts, and the scan of all of them, stored as in production."""
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "keyconsole.settings",
        "KEYCONSOLE_DATABASE_URL": f"sqlite:///{folder / 'benchmark.sqlite3'}",
        "KEYCONSOLE_SECRET_KEY": secrets.token_urlsafe(50),
        "KEYCONSOLE_DEMO": "1",
        "DESK_ACCESS_KEY_ID": KEYS["aws_access_key_id"],
        "DESK_SECRET_ACCESS_KEY": KEYS["aws_secret_access_key"],
    }
    import django  # noqa: PLC0415 - reads the environment

    django.setup()
    from django.core.management import call_command  # noqa: PLC0415 - after setup

    from benchmarks.ours import add_accounts, scan_everything  # noqa: PLC0415 - after setup

    call_command("migrate", verbosity=0)
    add_accounts(url, size)
    return "KeyConsole", scan_everything


def _measured(name: str, read: Callable[[], int], url: str) -> Result:
    reset_calls(url)
    started = time.perf_counter()
    found = read()
    return Result(name, time.perf_counter() - started, calls_since_reset(url), found)


def _print(size: Size, results: list[Result]) -> None:
    print(
        f"{size.accounts} accounts x {size.regions} Regions, {size.single_keys:,} single-Region keys, "
        f"{size.sets} sets with {size.region_keys} Region keys\n"
    )
    print(f"{'':<12}{'calls':>8}{'seconds':>10}{'found':>8}   by operation")
    for result in results:
        by_operation = ", ".join(f"{name} {count}" for name, count in sorted(result.calls.items()))
        print(
            f"{result.name:<12}{result.total:>8,}{result.seconds:>10.2f}{result.found:>8,}   {by_operation}"
        )
    ours = [result for result in results if result.name == "KeyConsole"]
    naive = [result for result in results if result.name != "KeyConsole"]
    calls = statistics.median(r.total for r in naive) / statistics.median(r.total for r in ours)
    seconds = statistics.median(r.seconds for r in naive) / statistics.median(r.seconds for r in ours)
    print(
        f"\nThe naive loop makes {calls:.1f} times the calls and takes {seconds:.1f} times as long (medians)."
    )


if __name__ == "__main__":
    main()
