"""Where sign-ins are counted: in the database, for all processes and hosts, and never forgotten early."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.cache.backends.db import DatabaseCache
from django.db import connections


class Counters(DatabaseCache):
    """Django's own makes room by throwing away what still counts: a flood of names would clear a count.

    Here only what has run out makes room. What still counts is bounded by itself: each attempt costs a
    password's hash, and is over within minutes.
    """

    def __init__(self, table: str, params: dict[str, Any]) -> None:
        # From so many rows on, each write first clears what has run out.
        super().__init__(table, {"max_entries": 1000, **params})
        self._name = table

    def _cull(self, db: str, cursor: Any, now: datetime, num: int) -> None:  # noqa: ARG002
        operations = connections[db].ops
        table, expires = operations.quote_name(self._name), operations.quote_name("expires")
        cursor.execute(
            f"DELETE FROM {table} WHERE {expires} < %s",  # nosec B608  # noqa: S608 - two names of our own
            [operations.adapt_datetimefield_value(now)],
        )
