"""The threads of one lane. Each looks for a row that is due, one thread at a time, and takes its step."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from datetime import datetime
from typing import Generic

from django.db import DatabaseError, close_old_connections, connection

from keyconsole.logs.about import about
from keyconsole.worker.claim import Next, Running, Share, next_row
from keyconsole.worker.facts import facts_of
from keyconsole.worker.lanes import Lane, Row

logger = logging.getLogger("keyconsole.worker")

PAUSE_WITHOUT_DATABASE = 2.0


class Pool(Generic[Row]):
    """`poll`: seconds between two looks while nothing is due; `wake` ends that wait early."""

    def __init__(self, lane: Lane[Row], *, poll: float, clock: Callable[[], datetime]) -> None:
        self._lane = lane
        self._poll = poll
        self._clock = clock
        self._running = Running(lane.threads)
        self._looks = threading.Lock()  # held by the one thread that looks for work
        self._counts = threading.Lock()  # guards `_running`
        self._news = threading.Event()
        self._stopped = threading.Event()
        self._threads = [
            threading.Thread(target=self._work, name=f"{lane.name}-{number}", daemon=True)
            for number in range(lane.threads)
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def wake(self) -> None:
        self._news.set()

    def stop(self) -> None:
        """Begin nothing more; what runs goes on to the end of its step."""
        self._stopped.set()
        self._news.set()

    def join(self, *, seconds: float) -> None:
        for thread in self._threads:
            thread.join(timeout=seconds)

    def _work(self) -> None:
        try:
            while not self._stopped.is_set():
                with self._looks:
                    found = self._wait_for_work()
                if found and found.row is not None:
                    self._take_step(found.row, found.share)
        finally:
            connection.close()

    def _wait_for_work(self) -> Next[Row] | None:
        while not self._stopped.is_set():
            self._news.clear()
            found = self._look()
            if found.row is not None:
                with self._counts:
                    self._running.begin(found.row.pk, found.share)
                return found
            self._news.wait(self._until(found))
        return None

    def _look(self) -> Next[Row]:
        close_old_connections()
        try:
            with self._counts:
                return next_row(self._lane, self._running, now=self._clock())
        except DatabaseError:
            logger.exception("The database did not answer; trying again.")
            close_old_connections()
            self._stopped.wait(PAUSE_WITHOUT_DATABASE)
            return Next()

    def _until(self, found: Next[Row]) -> float:
        if found.at is None:
            return self._poll
        return min(self._poll, max((found.at - self._clock()).total_seconds(), 0.0))

    def _take_step(self, row: Row, share: Share) -> None:
        try:
            with about(lane=self._lane.name, **facts_of(row)):
                self._step(row)
        finally:
            close_old_connections()
            with self._counts:
                self._running.end(row.pk, share)
            self._news.set()  # its account may be given a thread again

    def _step(self, row: Row) -> None:
        began = time.monotonic()
        try:
            self._lane.step(row)
        except Exception:
            # The row keeps its lease: it comes due again when that is over, and not at once.
            logger.exception("A step in the lane %s broke off: %s", self._lane.name, row)
        else:
            milliseconds = round((time.monotonic() - began) * 1000)
            logger.info("Took a step.", extra={"facts": {"milliseconds": milliseconds}})
