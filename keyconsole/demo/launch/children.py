"""Child processes that never outlive us: not after Ctrl-C or SIGTERM, and on Linux not even after SIGKILL."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import FrameType
from typing import IO

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


class Stopped(Exception):  # noqa: N818  # an event, not an error
    """Somebody asked us to end."""


def watch_for_the_end(*, started_by_make: bool) -> Callable[[], None]:
    """What it returns raises `Stopped` once somebody asked us to end: by a signal, or by interrupting make.

    A handler that raised would now and then do so inside a destructor, where Python swallows it.
    """
    asked: list[int] = []

    def ask(number: int, _frame: FrameType | None) -> None:
        asked.append(number)

    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, ask)
    make_is_interrupted = _interrupted_parent() if started_by_make else lambda: False
    if started_by_make and _libc is not None:
        # SIGTERM for us when make is killed.
        _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)

    def check() -> None:
        if asked or make_is_interrupted():
            raise Stopped

    return check


def end_with_parent(number: int = signal.SIGTERM) -> Callable[[], None]:
    """For `preexec_fn`: the kernel sends `number` to the child when the thread that started it ends."""
    parent = os.getpid()

    def ask() -> None:
        if _libc is not None:
            _libc.prctl(_PR_SET_PDEATHSIG, number)
            if os.getppid() != parent:  # it ended before we could ask
                os.kill(os.getpid(), signal.SIGKILL)

    return ask


def start(
    command: Sequence[str | Path],
    *,
    folder: Path,
    output: IO[str] | int | None = None,
    env: Mapping[str, str] | None = None,
) -> subprocess.Popen[str]:
    """In a session of its own, so that the terminal's Ctrl-C reaches us alone and we end things in order."""
    return subprocess.Popen(
        [str(part) for part in command],
        cwd=folder,
        env=None if env is None else dict(env),
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT if output is not None else None,
        text=True,
        start_new_session=True,
        preexec_fn=end_with_parent(),  # noqa: PLW1509  # we have one thread when we start something
    )


def end(children: Sequence[subprocess.Popen[str]], *, grace_seconds: float = 5) -> None:
    """SIGTERM to all, then SIGKILL to every process group that is left."""
    for child in children:
        if child.poll() is None:
            _signal_group(child, signal.SIGTERM)
    for child in children:
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(timeout=grace_seconds)
        _signal_group(child, signal.SIGKILL)
        child.wait()


def _signal_group(child: subprocess.Popen[str], number: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, number)


def _interrupted_parent() -> Callable[[], bool]:
    """Tells whether the make that started us was interrupted.

    A SIGINT sent to make alone is not passed on: make drops its handler and waits for us. On Linux that
    shows in the mask of signals that it catches.
    """
    status = Path(f"/proc/{os.getppid()}/status")
    # A shell that started us by itself takes its handlers away and back as it likes.
    caught_at_start = _is_make(status) and _catches_interrupt(status)
    return lambda: caught_at_start and not _catches_interrupt(status)


def _is_make(status: Path) -> bool:
    try:
        return status.with_name("comm").read_text(encoding="utf-8").strip() in {"make", "gmake"}
    except OSError:
        return False


def _catches_interrupt(status: Path) -> bool:
    try:
        lines = status.read_text(encoding="utf-8").splitlines()
    except OSError:
        return False
    mask = next((int(line.split()[1], 16) for line in lines if line.startswith("SigCgt:")), 0)
    return bool(mask & (1 << (signal.SIGINT - 1)))
