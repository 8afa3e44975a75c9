"""A filled database of a release as a file: written once, when the release is made, and read for ever after.

    python -m tests.upgrades.filled tests/upgrades/0.1.0.json.gz

The rows are those of the demo's story, as the models of that release kept them; the file also names the last
migration of each app. Sessions, caches and what Django's own migrations fill are left out.
"""

from __future__ import annotations

import gzip
import json
import os
import sys
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

LEFT_OUT = {"contenttypes.ContentType", "auth.Permission", "sessions.Session"}
NOWHERE = "http://127.0.0.1:1"

Facts = dict[str, Any]


def write(path: Path) -> None:
    """From a database that holds the demo's story."""
    from django.apps import apps
    from django.db import connection
    from django.db.migrations.loader import MigrationLoader

    leaves = sorted(MigrationLoader(connection).graph.leaf_nodes())
    models = [model for model in apps.get_models(include_auto_created=True) if model._meta.managed]
    facts = {
        "migrations": [list(leaf) for leaf in leaves],
        "rows": {
            model._meta.label: [_row(each) for each in model._default_manager.order_by("pk")]
            for model in models
            if model._meta.label not in LEFT_OUT
        },
    }
    text = json.dumps(facts, default=_plain, sort_keys=True, separators=(",", ":"))
    path.write_bytes(gzip.compress(text.encode(), mtime=0))


def read(path: Path) -> Facts:
    facts: Facts = json.loads(gzip.decompress(path.read_bytes()))
    return facts


def restore(facts: Facts) -> None:
    """Into an empty database: its migrations as of then, and its rows by the models as of then."""
    from django.core.management.color import no_style
    from django.db import connection, transaction
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    state = executor.migrate([(app, name) for app, name in facts["migrations"]])
    models = [state.apps.get_model(label) for label in facts["rows"]]
    with transaction.atomic():
        for model in models:
            model._base_manager.all().delete()
            model._base_manager.bulk_create(_restored(model, facts["rows"][model._meta.label]))
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), models):
            cursor.execute(statement)


def _row(instance: Any) -> Facts:
    return {field.attname: getattr(instance, field.attname) for field in instance._meta.concrete_fields}


def _restored(model: Any, rows: list[Facts]) -> Iterator[Any]:
    fields = {field.attname: field for field in model._meta.concrete_fields}
    for row in rows:
        yield model(**{name: fields[name].to_python(value) for name, value in row.items()})


def _plain(value: object) -> str:
    """With all of its microseconds: the record's hashes are over them."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    raise TypeError(f"{value!r} has no place in the file")


def main() -> None:
    with TemporaryDirectory() as folder:
        os.environ["KEYCONSOLE_DATABASE_URL"] = f"sqlite:///{folder}/filled.sqlite3"
        os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        call_command("seed_demo", endpoint_url=NOWHERE, verbosity=0)
        write(Path(sys.argv[1]))


if __name__ == "__main__":
    main()
