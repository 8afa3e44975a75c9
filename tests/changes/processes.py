"""Workers as real processes, and when what they work on has ended."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from keyconsole.changes.models import Change
from tests.changes import worker_process
from tests.processes import Process, running


@contextmanager
def worker(*, die_at: str = "") -> Iterator[Process]:
    with running(worker_process.work, die_at) as process:
        yield process


def closed(change: Change) -> bool:
    change.refresh_from_db()
    return not change.is_open
