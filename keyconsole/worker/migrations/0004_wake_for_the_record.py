"""PostgreSQL wakes the workers for what is due of the record as for every other row."""

from __future__ import annotations

from typing import Any

from django.db import migrations

TRIGGER = """
CREATE TRIGGER keyconsole_wake AFTER INSERT OR UPDATE OF due_at ON audit_duty FOR EACH ROW
WHEN (NEW.due_at IS NOT NULL AND NEW.lease = '') EXECUTE FUNCTION keyconsole_wake()
"""


def make(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(TRIGGER, params=None)


def unmake(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP TRIGGER keyconsole_wake ON audit_duty", params=None)


class Migration(migrations.Migration):
    dependencies = [
        ("worker", "0003_wake_for_single_sign_on"),
        ("audit", "0003_tree_and_checkpoints"),
    ]

    operations = [migrations.RunPython(make, unmake)]
