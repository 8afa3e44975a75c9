"""PostgreSQL wakes the workers for people whose groups of single sign-on are due as for every other row."""

from __future__ import annotations

from django.db import migrations

from keyconsole.worker.wake_trigger import wake_for


class Migration(migrations.Migration):
    dependencies = [
        ("worker", "0002_wake"),
        ("people", "0006_single_sign_on"),
    ]

    operations = [wake_for("people_ssoidentity")]
