"""A move in a process of its own, on a database of the product's own settings: asked for, or carried out.

    python -m tests.changes.one_move ask|carry ADDRESS-OF-THE-SANDBOX KEY-ID

With LAX=1 in the environment SQLite syncs no commit, as it would by its own default for WAL.
"""

from __future__ import annotations

import os
import sys

import django
from django.conf import settings


def main(step: str, url: str, key_id: str) -> None:
    if os.environ.get("LAX"):
        settings.DATABASES["default"]["OPTIONS"]["init_command"] += "PRAGMA synchronous=NORMAL;"
    django.setup()
    ask(url, key_id) if step == "ask" else carry()


def ask(url: str, key_id: str) -> None:
    from django.core.management import call_command
    from django.utils import timezone

    call_command("migrate", verbosity=0)
    from keyconsole.aws_accounts.models import AwsAccount
    from keyconsole.aws_accounts.roles import Role
    from keyconsole.changes.requests.request import request_move
    from keyconsole.policies.document.rules import Rule, Rules
    from tests.cast import hold, make_account, make_person
    from tests.changes.conftest import PRIMARY, REPLICA, known_key

    account: AwsAccount = make_account("payments", "111122223333")
    account.source, account.env_prefix, account.endpoint_url = "env-keys", "DESK", url
    account.role_arn = f"arn:aws:iam::{account.account_id}:role/KeyConsole"
    account.save()
    hold(Rules(name="payments", rule=Rule.CONFIRM))
    key = known_key(account, key_id, regions=(PRIMARY, REPLICA))
    ana = make_person("ana", Role.REQUESTER)
    request_move(key, to_region=REPLICA, by=ana, reason="Closer.", token="t-1", now=timezone.now())


def carry() -> None:
    from django.utils import timezone

    from keyconsole.changes.execution.execute import execute
    from keyconsole.changes.models import Change

    execute(Change.objects.select_related("key__account").get(), clock=timezone.now)
    sys.stdout.write(f"{synchronous()}\n")


def synchronous() -> int:
    """Of the very connection that has just committed an Attempt."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("PRAGMA synchronous")
        return int(cursor.fetchone()[0])


if __name__ == "__main__":
    main(*sys.argv[1:])
