"""`manage.py worker`: runs changes, watches them settle, scans, sends messages; as many as you like."""

from __future__ import annotations

import logging
import signal
import threading
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import DatabaseError, close_old_connections
from django.utils import timezone

from keyconsole.worker import heartbeat
from keyconsole.worker.lanes import lanes
from keyconsole.worker.listen import Listener, can_listen
from keyconsole.worker.pool import Pool
from keyconsole.worker.record import duties
from keyconsole.worker.restored import look_for_a_restore
from keyconsole.worker.sweep import sweep

logger = logging.getLogger("keyconsole.worker")

POLL_SECONDS = {False: 0.5, True: 5.0}  # by whether the database tells us what comes due
LAST_STEPS_SECONDS = 30.0


class Command(BaseCommand):
    help = "Run the background worker: changes, scans, notifications, and whatever was lost."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--threads", type=int, default=8, help="how many changes run at the same time (default: 8)"
        )
        parser.add_argument(
            "--interval",
            type=float,
            help="seconds between two looks while nothing is due (0.5; PostgreSQL: 5)",
        )
        parser.add_argument("--sweep-every", type=float, default=5.0, help="seconds between two sweeps")

    def handle(self, *, threads: int, interval: float | None, sweep_every: float, **_: Any) -> None:
        stopped = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stopped.set())
        poll = POLL_SECONDS[can_listen()] if interval is None else interval
        chosen = lanes(threads=threads, clock=timezone.now)
        pools = [Pool(lane, poll=poll, clock=timezone.now) for lane in chosen]
        by_table = {lane.rows().model._meta.db_table: pool for lane, pool in zip(chosen, pools, strict=True)}  # noqa: SLF001
        listener = Listener(lambda table: by_table[table].wake() if table in by_table else None)
        _look_for_a_restore(stopped, again_after=sweep_every)
        for pool in pools:
            pool.start()
        if can_listen():
            listener.start()
        logger.info("The worker is ready.")
        _look_after(stopped, sweep_every=sweep_every)
        listener.stop()
        _finish(pools)


def _look_for_a_restore(stopped: threading.Event, *, again_after: float) -> None:
    """Before anything runs. A database that does not answer is waited for."""
    while not stopped.is_set():
        try:
            look_for_a_restore(now=timezone.now())
            duties.begin(now=timezone.now())
        except DatabaseError:
            logger.exception("The database did not answer; trying again soon.")
            close_old_connections()
            stopped.wait(again_after)
        else:
            return


def _look_after(stopped: threading.Event, *, sweep_every: float) -> None:
    """Until the end: say that this worker lives, and see to what has no row of its own."""
    beat_at = 0.0
    while not stopped.is_set():
        close_old_connections()
        try:
            if time.monotonic() >= beat_at:
                heartbeat.beat(now=timezone.now())
                look_for_a_restore(now=timezone.now())
                beat_at = time.monotonic() + heartbeat.EVERY_SECONDS
            sweep(now=timezone.now())
        except DatabaseError:
            logger.exception("The database did not answer; trying again soon.")
        stopped.wait(sweep_every)


def _finish(pools: list[Pool[Any]]) -> None:
    for pool in pools:
        pool.stop()
    deadline = time.monotonic() + LAST_STEPS_SECONDS
    for pool in pools:
        pool.join(seconds=max(deadline - time.monotonic(), 0.0))
    try:
        heartbeat.end(now=timezone.now())
    except DatabaseError:
        logger.exception("The database did not answer; this worker will be missed for a while.")
