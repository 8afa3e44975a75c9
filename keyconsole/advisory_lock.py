"""Locks by which one at a time does what no row could be locked for. Held until the transaction ends.

SQLite's IMMEDIATE transaction already is the only writer.
"""

from __future__ import annotations

from enum import IntEnum

from django.db import connection


class Lock(IntEnum):
    """Who takes both takes ACCESS first: taken after an entry was written, it could wait for ever."""

    RECORD = 7_304_421  # its next entry
    TREE = 7_304_423  # the tiles of the record's tree; who holds it takes none of the others
    # Who may do what: proposals of power, what groups of single sign-on are mapped to, and who is in them.
    # One for all of these, since a proposal that is agreed to changes mappings after it wrote an entry.
    ACCESS = 7_304_422


def hold(lock: Lock) -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [lock.value])
