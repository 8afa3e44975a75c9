"""When the program that reads our output has gone (`… | head`), we end as others in a pipeline do: quietly.

Not by giving SIGPIPE back its default: that would also kill us, half-way, for a connection that somebody
closed.
"""

from __future__ import annotations

import os
import select
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

# What a shell tells of a program that SIGPIPE ended.
STATUS = 128 + signal.SIGPIPE


@contextmanager
def ends_quietly_when_nobody_reads() -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        if not _drop_closed_output():
            raise  # a connection's, not our output's
        sys.exit(STATUS)
    except SystemExit:
        _drop_closed_output()
        raise
    if _drop_closed_output():
        sys.exit(STATUS)


def _drop_closed_output() -> bool:
    """Flushes. What nobody reads is sent nowhere, or Python would complain of it at its very end."""
    closed = [stream for stream in (sys.stdout, sys.stderr) if _is_closed(stream)]
    for stream in closed:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)
    return bool(closed)


def _is_closed(stream: TextIO | None) -> bool:
    if stream is None:  # it never was open
        return False
    try:
        stream.flush()
    except BrokenPipeError:
        return True
    try:
        descriptor = stream.fileno()
    except (OSError, ValueError):  # no file at all
        return False
    poll = select.poll()
    poll.register(descriptor, select.POLLOUT)
    return any(events & (select.POLLERR | select.POLLHUP) for _, events in poll.poll(0))
