"""The two looks of a log line: one that people read, and one JSON object a line for programs."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from typing import Any

from pythonjsonlogger.json import JsonFormatter

from keyconsole.logs.secrets import hide

LINE, JSON = "line", "json"


class Line(logging.Formatter):
    """`2026-11-27 14:02:11,031 INFO keyconsole.worker Took a step. [lane=changes change=CR-12]`."""

    def __init__(self) -> None:
        super().__init__("{asctime} {levelname} {name} {message}", style="{")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - as the standard library has it
        facts = " ".join(f"{name}={value}" for name, value in getattr(record, "facts", {}).items())
        return super().formatMessage(record) + (f" [{facts}]" if facts else "")

    def format(self, record: logging.LogRecord) -> str:
        return hide(super().format(record))


class Json(JsonFormatter):
    """`at` (UTC), `level`, `logger`, `message`, then the facts; `exc_info` where something broke.

    Of what else stands on a record nothing is written: Django hangs whole requests onto its own.
    """

    def add_fields(
        self, log_data: dict[str, Any], record: logging.LogRecord, message_dict: dict[str, Any]
    ) -> None:
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        log_data.update(at=at, level=record.levelname, logger=record.name, message=hide(record.message))
        told = {**getattr(record, "facts", {}), **message_dict}
        log_data.update((name, hide(each) if isinstance(each, str) else each) for name, each in told.items())


def formatter(name: str) -> logging.Formatter:
    return Json() if name == JSON else Line()
