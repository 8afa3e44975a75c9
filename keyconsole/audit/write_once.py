"""Rows that are written once: the database itself refuses to change, remove or replace them.

Against mistakes, and against a hole in the program. Whoever may write to the schema can take these triggers
away: what finds that is the tree, its checkpoints and whoever keeps them.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db.backends.base.base import BaseDatabaseWrapper

# By table, the columns by which SQLite's REPLACE would take a row away without deleting it.
WRITTEN_ONCE = {"audit_entry": ("id", "number", "previous"), "audit_signedcheckpoint": ("id",)}

_FUNCTION = """
CREATE OR REPLACE FUNCTION keyconsole_written_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is written once: % is refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'restrict_violation';
END $$
"""


def protect(connection: BaseDatabaseWrapper, table: str, *, unique: Iterable[str]) -> None:
    with connection.cursor() as cursor:
        for statement in _statements(connection.vendor, table, unique):
            cursor.execute(statement)


def unprotect(connection: BaseDatabaseWrapper, table: str) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"DROP TRIGGER IF EXISTS {table}_written_once ON {table}")
            return
        for what in ("update", "delete", "insert"):
            cursor.execute(f"DROP TRIGGER IF EXISTS {table}_refuses_{what}")


def _statements(vendor: str, table: str, unique: Iterable[str]) -> list[str]:
    if vendor == "postgresql":
        refuses = f"{table}_written_once BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} FOR EACH STATEMENT"
        return [_FUNCTION, f"CREATE TRIGGER {refuses} EXECUTE FUNCTION keyconsole_written_once()"]
    refused = f"BEGIN SELECT RAISE(ABORT, '{table} is written once'); END"
    # One question a column: SQLite answers each by its index, and an OR of them by reading the whole table.
    stands = f"WHEN {' OR '.join(_exists(table, column) for column in unique)}"
    return [
        f"CREATE TRIGGER {table}_refuses_update BEFORE UPDATE ON {table} {refused}",
        f"CREATE TRIGGER {table}_refuses_delete BEFORE DELETE ON {table} {refused}",
        f"CREATE TRIGGER {table}_refuses_insert BEFORE INSERT ON {table} {stands} {refused}",
    ]


def _exists(table: str, column: str) -> str:
    select = f"SELECT 1 FROM {table} WHERE"  # nosec B608  # noqa: S608 - names of our own
    return f"EXISTS ({select} {column} = NEW.{column})"
