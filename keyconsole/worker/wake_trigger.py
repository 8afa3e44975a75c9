"""For migrations: PostgreSQL wakes the workers that listen when a row of a table comes due."""

from __future__ import annotations

from typing import Any

from django.db import migrations

# Not for a row that a worker takes: it is due again only when its lease is over.
_MAKE = """
CREATE TRIGGER keyconsole_wake AFTER INSERT OR UPDATE OF due_at ON {table} FOR EACH ROW
WHEN (NEW.due_at IS NOT NULL AND NEW.lease = '') EXECUTE FUNCTION keyconsole_wake()
"""


def wake_for(table: str) -> migrations.RunPython:
    """The operation for one more table; SQLite has nothing like it."""

    def run(statement: str) -> Any:
        def on_postgresql(_apps: Any, schema_editor: Any) -> None:
            if schema_editor.connection.vendor == "postgresql":
                schema_editor.execute(statement, params=None)

        return on_postgresql

    return migrations.RunPython(
        run(_MAKE.format(table=table)), run(f"DROP TRIGGER keyconsole_wake ON {table}")
    )
