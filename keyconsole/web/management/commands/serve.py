"""`keyconsole serve`: the pages, on an address that a TLS proxy in front of it knows."""

from __future__ import annotations

import logging
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError, connections

from keyconsole.checks import refuse_unsafe_start
from keyconsole.pending_migrations import NO_TABLES_YET, has_pending_migrations
from keyconsole.web.server import WebServer
from keyconsole.web.static_files import collect_static_files

logger = logging.getLogger("keyconsole.web")


class Command(BaseCommand):
    help = "Serve the pages with gunicorn, until SIGTERM or Ctrl-C."
    # All of them run below, with those for deployments.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        where = parser.add_mutually_exclusive_group()
        where.add_argument("--bind", help="HOST:PORT or unix:/path (127.0.0.1:8000)")
        where.add_argument("--port", type=int, help="a port on 127.0.0.1 (8000)")
        parser.add_argument("--workers", type=int, default=2, help="processes (2)")
        parser.add_argument("--threads", type=int, default=8, help="threads of each process (8)")

    def handle(self, *, bind: str | None, port: int | None, workers: int, threads: int, **_: Any) -> None:
        refuse_unsafe_start()
        self._refuse_without_tables()
        self._collect()
        if settings.SECURE_SSL_REDIRECT and not settings.KEYCONSOLE_BEHIND_PROXY:
            logger.warning(
                "KEYCONSOLE_BEHIND_PROXY is not set: no proxy is believed to speak TLS, and each page "
                "redirects to https."
            )
        # Each process opens its own.
        connections.close_all()
        WebServer(bind=bind or f"127.0.0.1:{port or 8000}", workers=workers, threads=threads).run()

    def _refuse_without_tables(self) -> None:
        try:
            lacks_tables = has_pending_migrations()
        except OperationalError as silence:
            logger.warning("The database does not answer yet: %s", silence)
            return
        if lacks_tables:
            raise CommandError(NO_TABLES_YET)

    def _collect(self) -> None:
        try:
            collect_static_files()
        except OSError as error:
            raise CommandError(
                f"The static files cannot be collected in {settings.STATIC_ROOT}: {error.strerror}. Name a "
                "folder that can be written with --data-dir or KEYCONSOLE_DATA_DIR, or run "
                "`keyconsole collectstatic` once as somebody who may."
            ) from None
