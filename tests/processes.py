"""Real processes on the database of the running test, SQLite or PostgreSQL, for crashes and races.

Each is forked from a server that has imported everything once, so that it begins in milliseconds and not
after a second of imports. It has its own connections, threads and signals, and may be killed at any moment.
"""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import signal
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from multiprocessing.connection import Connection
from typing import Any

from tests.patience import PATIENCE

_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(["tests.preloaded"])
_PR_SET_PDEATHSIG = 1

# What a process does: the connection to the test, then whatever it was started with.
Target = Callable[..., None]


class Process:
    """The other end of its connection is the target's first argument."""

    def __init__(self, target: Target, *arguments: Any) -> None:
        self._words, theirs = _CONTEXT.Pipe()
        given = (theirs, dict(os.environ), _database(), target, arguments)
        self._process = _CONTEXT.Process(target=_begin, args=given, daemon=True)
        self._process.start()
        theirs.close()

    def say(self, words: Any) -> None:
        self._words.send(words)

    def hear(self) -> Any:
        """What it says next; raises EOFError where it has ended instead."""
        assert self._words.poll(PATIENCE), "the process said nothing"
        return self._words.recv()

    @property
    def has_ended(self) -> bool:
        return self._process.exitcode is not None

    def wait(self) -> int:
        """Its exit status; the negative number of the signal that ended it."""
        self._process.join(PATIENCE)
        status = self._process.exitcode
        assert status is not None, "the process did not end"
        return status

    def end(self) -> None:
        """Ask it to, and see that it does."""
        if not self.has_ended:
            self._process.terminate()
            self._process.join(PATIENCE)
        self._process.kill()
        self._process.join()
        self._process.close()
        self._words.close()


@contextmanager
def running(target: Target, *arguments: Any) -> Iterator[Process]:
    process = Process(target, *arguments)
    try:
        yield process
    finally:
        process.end()


@contextmanager
def rivals(*started: tuple[Any, ...]) -> Iterator[list[Process]]:
    """Several, each by its target and arguments, that have said that they are ready."""
    with ExitStack() as stack:
        processes = [stack.enter_context(running(*one)) for one in started]
        assert [process.hear() for process in processes] == ["ready"] * len(processes)
        yield processes


def _database() -> dict[str, Any]:
    from django.db import connection

    return {name: connection.settings_dict[name] for name in ("NAME", "USER", "HOST", "PORT")}


def _begin(
    words: Connection,
    environment: dict[str, str],
    database: dict[str, Any],
    target: Target,
    arguments: tuple[Any, ...],
) -> None:
    if sys.platform == "linux":
        # The server ends with the test run, however that ends, and takes this process along.
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    warnings.simplefilter("ignore")
    os.environ.clear()
    os.environ.update(environment)
    from django.db import connection

    connection.settings_dict.update(database)
    target(words, *arguments)
