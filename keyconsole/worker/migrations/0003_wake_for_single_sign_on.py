"""PostgreSQL wakes the workers for people whose groups of single sign-on are due as for every other row."""

from __future__ import annotations

from typing import Any

from django.db import migrations

TRIGGER = """
CREATE TRIGGER keyconsole_wake AFTER INSERT OR UPDATE OF due_at ON people_ssoidentity FOR EACH ROW
WHEN (NEW.due_at IS NOT NULL AND NEW.lease = '') EXECUTE FUNCTION keyconsole_wake()
"""


def make(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(TRIGGER, params=None)


def unmake(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP TRIGGER keyconsole_wake ON people_ssoidentity", params=None)


class Migration(migrations.Migration):
    dependencies = [
        ("worker", "0002_wake"),
        ("people", "0006_single_sign_on"),
    ]

    operations = [migrations.RunPython(make, unmake)]
