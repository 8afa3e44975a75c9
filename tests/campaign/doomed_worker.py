"""A worker that kills itself at a random point: at an SQL statement, a commit, or a call to AWS.

SIGKILL: nothing of the process gets to tidy up, as in a power cut of its host.
"""

from __future__ import annotations

import http.client
import os
import random
import signal
import threading
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any

from django.core.management import call_command
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

from keyconsole.changes.execution import settle
from tests.changes.worker_process import shorten_leases, shorten_waits

# How often each happens before the worker dies of it, at most: that they are near to equally likely.
POINTS = {
    "before an SQL statement": 500,
    "after an SQL statement": 500,
    "before a commit": 90,
    "after a commit": 90,
    "before a call to AWS": 40,
    "after AWS had the call": 40,
}
_at_a_time = threading.Lock()


class Death:
    """Comes when its point was passed that many times, in whichever thread."""

    def __init__(self, words: Connection, seed: int) -> None:
        chance = random.Random(seed)  # noqa: S311 - for deaths that can be drawn again
        self._words = words
        self.point = chance.choice(list(POINTS))
        self._left = chance.randint(1, POINTS[self.point])

    def may_come(self, point: str) -> None:
        if point != self.point:
            return
        with _at_a_time:
            self._left -= 1
            if self._left <= 0:
                self._words.send(point)
                os.kill(os.getpid(), signal.SIGKILL)


def work(words: Connection, seed: int | None) -> None:
    """`manage.py worker` with short waits; without a seed it lives until it is told to end."""
    shorten_waits()
    shorten_leases()
    settle.PAUSE_WHEN_OVERDUE = 1
    if seed is not None:
        _lie_in_wait(Death(words, seed))
    call_command("worker", threads=8, interval=0.2, sweep_every=1.0)


def _lie_in_wait(death: Death) -> None:
    def around(execute: Callable[..., Any], *arguments: Any) -> Any:
        death.may_come("before an SQL statement")
        result = execute(*arguments)
        death.may_come("after an SQL statement")
        return result

    def watch(connection: BaseDatabaseWrapper, **_: Any) -> None:
        if around not in connection.execute_wrappers:  # it connects again and again
            connection.execute_wrappers.append(around)

    connection_created.connect(watch, weak=False)
    _wrap(BaseDatabaseWrapper, "_commit", death, "before a commit", "after a commit")
    _wrap(http.client.HTTPConnection, "endheaders", death, "before a call to AWS", "")
    _wrap(http.client.HTTPConnection, "getresponse", death, "", "after AWS had the call")


def _wrap(owner: Any, name: str, death: Death, before: str, after: str) -> None:
    wrapped = getattr(owner, name)

    def doomed(*arguments: Any, **named: Any) -> Any:
        death.may_come(before)
        result = wrapped(*arguments, **named)
        death.may_come(after)
        return result

    setattr(owner, name, doomed)
