"""Every line that is written while a block lasts, in both looks, whatever wrote it."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from keyconsole.logs.about import WithFacts
from keyconsole.logs.formats import JSON, LINE, formatter


@dataclass
class Captured:
    streams: dict[str, io.StringIO] = field(
        default_factory=lambda: {JSON: io.StringIO(), LINE: io.StringIO()}
    )

    @property
    def text(self) -> str:
        """As people read it."""
        return self.streams[LINE].getvalue()

    @property
    def everything(self) -> str:
        return "".join(stream.getvalue() for stream in self.streams.values())

    def objects(self, logger: str = "") -> list[dict[str, Any]]:
        found = [json.loads(line) for line in self.streams[JSON].getvalue().splitlines()]
        return [each for each in found if each["logger"].startswith(logger)]


@contextmanager
def captured(*, level: int = logging.DEBUG, of: tuple[str, ...] = ("", "keyconsole")) -> Iterator[Captured]:
    seen = Captured()
    root = logging.getLogger()
    handlers = [logging.StreamHandler(stream) for stream in seen.streams.values()]
    for handler, look in zip(handlers, seen.streams, strict=True):
        handler.setFormatter(formatter(look))
        handler.addFilter(WithFacts())
        root.addHandler(handler)
    levels = {name: logging.getLogger(name).level for name in of}
    for name in of:
        logging.getLogger(name).setLevel(level)
    try:
        yield seen
    finally:
        for name, before in levels.items():
            logging.getLogger(name).setLevel(before)
        for handler in handlers:
            root.removeHandler(handler)
