"""Wakes the lanes at once when a row comes due: PostgreSQL's LISTEN. SQLite is polled instead."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from django.db import DatabaseError, connection

logger = logging.getLogger("keyconsole.worker")

CHANNEL = "keyconsole_due"
# How often the thread looks whether it shall end; and how long it waits for a database that is away.
TURN_SECONDS = 2.0


def can_listen() -> bool:
    return connection.vendor == "postgresql"


class Listener:
    """Calls `wake` with the table of each row that became due. A lost connection is made again."""

    def __init__(self, wake: Callable[[str], None]) -> None:
        self._wake = wake
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="listen", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()

    def _run(self) -> None:
        while not self._stopped.is_set():
            try:
                self._listen()
            except DatabaseError:
                logger.warning("The database connection that listens was lost; the lanes poll meanwhile.")
            finally:
                connection.close()
            self._stopped.wait(TURN_SECONDS)

    def _listen(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"LISTEN {CHANNEL}")
        raw = connection.connection
        while not self._stopped.is_set():
            for notify in raw.notifies(timeout=TURN_SECONDS):
                self._wake(notify.payload)
