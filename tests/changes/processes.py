"""Starts real processes on the database of the running test, SQLite or PostgreSQL."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from django.db import connection

from keyconsole.changes.models import Change

ROOT = Path(__file__).resolve().parent.parent.parent


def database_url() -> str:
    facts = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{facts['NAME']}"
    return f"postgres://{facts['USER']}@{quote(str(facts['HOST']), safe='')}/{facts['NAME']}"


def environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
    return {**kept, "KEYCONSOLE_DATABASE_URL": database_url(), "KEYCONSOLE_SETTLE_DEADLINE_SECONDS": "10"}


def start(*arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "tests.changes.worker_process", *arguments],
        cwd=ROOT,
        env=environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )


def end(process: subprocess.Popen[str]) -> None:
    process.terminate()
    process.communicate(timeout=120)


@contextmanager
def worker(*arguments: str) -> Iterator[subprocess.Popen[str]]:
    process = start("work", *arguments)
    try:
        yield process
    finally:
        end(process)


def wait_until(true: Callable[[], bool], *, seconds: float, what: str) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, f"waited {seconds} s in vain until {what}"
        time.sleep(0.05)


def closed(change: Change) -> bool:
    change.refresh_from_db()
    return not change.is_open
