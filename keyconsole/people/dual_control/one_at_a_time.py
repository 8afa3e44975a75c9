"""One at a time proposes and decides: what two look at apart could each miss the other."""

from __future__ import annotations

from django.db import connection

# Any constant, but not the one of the record's chain: it names the advisory lock.
_DECISIONS = 7_304_422


def decide_one_at_a_time() -> None:
    """Until the transaction ends. SQLite's IMMEDIATE transaction already is the only writer."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_DECISIONS])
