"""The file of an SQLite database, for its owner alone; SQLite gives -wal and -shm the same mode.

Owns the moment before the first connection. A file that is there keeps the mode that its owner chose.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from contextlib import suppress
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

# Closing a file drops every lock that this process holds on it: no thread may be at work on it by then.
_MAKING = threading.Lock()


class PrivateFile(sqlite3.Connection):
    """Given to `sqlite3.connect` as its `factory`."""

    def __init__(self, database: str | os.PathLike[str], **options: Any) -> None:
        path = _path(os.fspath(database), is_address=bool(options.get("uri")))
        if path:
            # What else is wrong with the place, SQLite tells in its own words.
            with _MAKING, suppress(OSError):
                os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
        super().__init__(database, **options)


def _path(name: str, *, is_address: bool) -> str:
    """Empty where there is no file, or SQLite itself is told not to make one."""
    if name == ":memory:":
        return ""
    if not (is_address and name.startswith("file:")):
        return name
    address = urlsplit(name)
    return "" if parse_qs(address.query).get("mode", ["rwc"])[-1] != "rwc" else unquote(address.path)
