"""What somebody does who may write to the schema: takes the triggers away, and puts them back unseen."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from keyconsole.audit.write_once import WRITTEN_ONCE, protect, unprotect


@contextmanager
def with_the_schemas_rights() -> Iterator[None]:
    tables = connection.introspection.table_names()
    guarded = {table: unique for table, unique in WRITTEN_ONCE.items() if table in tables}
    for table in guarded:
        unprotect(connection, table)
    try:
        yield
    finally:
        for table, unique in guarded.items():
            protect(connection, table, unique=unique)
