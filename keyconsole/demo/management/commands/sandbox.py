"""`manage.py sandbox --port N`: a KMS on your desk. Needs no database and no secret key."""

from __future__ import annotations

import errno
import signal
import threading
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from keyconsole.demo.seed_kms import seed_story
from keyconsole.sandbox.server import Sandbox


class Command(BaseCommand):
    help = "Runs a KMS on 127.0.0.1 for the demo, for tests and for people who write against KMS."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, required=True, help="port on 127.0.0.1 (0: any free one)")
        parser.add_argument(
            "--settle-seconds", type=float, default=8.0, help="how long a move or a new replica takes"
        )
        parser.add_argument("--empty", action="store_true", help="without the demo story's keys")

    def handle(self, *_: Any, port: int, settle_seconds: float, empty: bool, **__: Any) -> None:
        try:
            sandbox = Sandbox(settle_seconds=settle_seconds, port=port, story=seed_story)
        except (OSError, OverflowError) as problem:
            taken = isinstance(problem, OSError) and problem.errno == errno.EADDRINUSE
            why = "another program uses this port" if taken else str(problem)
            raise CommandError(f"The sandbox cannot listen on 127.0.0.1:{port}: {why}.") from problem
        if not empty:
            seed_story(sandbox.desk)
        ended = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: ended.set())
        with sandbox:
            self.stdout.write(f"Sandbox KMS listens on {sandbox.url}")
            self.stdout.flush()
            ended.wait()
