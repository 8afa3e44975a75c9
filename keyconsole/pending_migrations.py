"""Whether the database has the tables that this release needs."""

from __future__ import annotations

from django.db import OperationalError, connection
from django.db.migrations.executor import MigrationExecutor

NO_TABLES_YET = "The database lacks tables of this release: run `keyconsole migrate` first."


def has_pending_migrations() -> bool:
    """Raises OperationalError where no server answers; a SQLite file that is not there yet is empty."""
    try:
        executor = MigrationExecutor(connection)
    except OperationalError:
        if connection.vendor == "sqlite":
            return True
        raise
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
