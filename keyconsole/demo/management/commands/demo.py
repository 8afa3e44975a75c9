"""`keyconsole demo`: the whole product with its sandbox KMS on this machine. Needs no database."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from keyconsole.demo.launch.demo import run_demo
from keyconsole.demo.launch.program import installed_program
from keyconsole.folders import demo_dir


class Command(BaseCommand):
    help = "Run KeyConsole with its sandbox KMS on 127.0.0.1, its data made anew, until Ctrl-C."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", default="8000", help="where the pages are, on 127.0.0.1 (8000)")
        parser.add_argument(
            "--settle-seconds", type=float, default=8.0, help="how long the sandbox's KMS takes to settle"
        )

    def handle(self, *, port: str, settle_seconds: float, **_: Any) -> None:
        run_demo(
            installed_program(),
            lambda number: demo_dir(settings.KEYCONSOLE_DATA_DIR, number),
            port=port,
            settle_seconds=settle_seconds,
            started_by_make=False,
        )
