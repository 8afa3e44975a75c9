"""The background worker: a lane each for changes, scans and notifications, and a sweep for lost work."""

from __future__ import annotations

import logging
import signal
import threading
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import close_old_connections, connection
from django.db.utils import OperationalError
from django.utils import timezone
from django.utils.crypto import get_random_string
from django_tasks_db.management.commands.db_worker import Worker

from keyconsole.changes.sweep import sweep
from keyconsole.inventory.scan.due import enqueue_due_scans, mark_lost_scans
from keyconsole.notifications.sweeping import enqueue_late_deliveries

logger = logging.getLogger("keyconsole.worker")

LANES = ("changes", "scans", "notifications")


class Lane(Worker):
    """The library's worker loop for one queue, in a thread that a shared event ends."""

    def __init__(self, queue: str, *, interval: float) -> None:
        super().__init__(
            queue_names=[queue],
            interval=interval,
            batch=False,
            backend_name="default",
            startup_delay=False,
            max_tasks=None,
            worker_id=f"{queue}-{get_random_string(16)}",
            excluded_queue_names=[],
        )
        self.thread = threading.Thread(target=self._run_until_stopped, name=f"lane-{queue}", daemon=True)

    def _run_until_stopped(self) -> None:
        while self.running:
            try:
                self.run()
            except OperationalError:
                logger.exception("The database did not answer; trying again.")
                close_old_connections()
                threading.Event().wait(2)
        connection.close()


class Command(BaseCommand):
    help = "Run the background worker: changes, scans, notifications, and whatever was lost."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--interval", type=float, default=0.5, help="seconds between two looks at an empty queue"
        )
        parser.add_argument("--sweep-every", type=float, default=5.0, help="seconds between two sweeps")

    def handle(self, *, interval: float, sweep_every: float, **_: Any) -> None:
        stop = threading.Event()

        def end(_signal: int, _frame: FrameType | None) -> None:
            stop.set()

        signal.signal(signal.SIGTERM, end)
        signal.signal(signal.SIGINT, end)
        lanes = [Lane(queue, interval=interval) for queue in LANES]
        for lane in lanes:
            lane.thread.start()
        self.stderr.write("The worker is ready.")
        while not stop.is_set():
            _sweep_once()
            stop.wait(sweep_every)
        for lane in lanes:
            lane.running = False
        for lane in lanes:
            lane.thread.join(timeout=30)


def _sweep_once() -> None:
    close_old_connections()
    try:
        now = timezone.now()
        sweep(now=now)
        mark_lost_scans(now)
        enqueue_due_scans(now)
        enqueue_late_deliveries(now)
    except OperationalError:
        logger.exception("The sweep could not reach the database; it runs again soon.")
