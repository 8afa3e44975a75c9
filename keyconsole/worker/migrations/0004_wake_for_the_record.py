"""PostgreSQL wakes the workers for what is due of the record as for every other row."""

from __future__ import annotations

from django.db import migrations

from keyconsole.worker.wake_trigger import wake_for


class Migration(migrations.Migration):
    dependencies = [
        ("worker", "0003_wake_for_single_sign_on"),
        ("audit", "0003_tree_and_checkpoints"),
    ]

    operations = [wake_for("audit_duty")]
