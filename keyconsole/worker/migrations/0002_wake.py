"""PostgreSQL tells the workers that listen when a row comes due. SQLite has nothing like it: they poll."""

from __future__ import annotations

from typing import Any

from django.db import migrations

TABLES = (
    "aws_accounts_awsaccount",
    "changes_batch",
    "changes_change",
    "inventory_scan",
    "notifications_delivery",
)
FUNCTION = """
CREATE FUNCTION keyconsole_wake() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('keyconsole_due', TG_TABLE_NAME);
    RETURN NULL;
END $$
"""
# Not for a row that a worker takes: it is due again only when its lease is over.
TRIGGER = """
CREATE TRIGGER keyconsole_wake AFTER INSERT OR UPDATE OF due_at ON {table} FOR EACH ROW
WHEN (NEW.due_at IS NOT NULL AND NEW.lease = '') EXECUTE FUNCTION keyconsole_wake()
"""


def make(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(FUNCTION, params=None)
        for table in TABLES:
            schema_editor.execute(TRIGGER.format(table=table), params=None)


def unmake(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "postgresql":
        for table in TABLES:
            schema_editor.execute(f"DROP TRIGGER keyconsole_wake ON {table}", params=None)
        schema_editor.execute("DROP FUNCTION keyconsole_wake()", params=None)


class Migration(migrations.Migration):
    dependencies = [
        ("worker", "0001_initial"),
        ("aws_accounts", "0001_initial"),
        ("changes", "0001_initial"),
        ("inventory", "0001_initial"),
        ("notifications", "0001_initial"),
    ]

    operations = [migrations.RunPython(make, unmake)]
