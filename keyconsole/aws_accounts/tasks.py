"""What the worker runs for accounts."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from django_tasks import task

from keyconsole.aws_accounts import connection_test
from keyconsole.aws_accounts.models import AwsAccount


@task(queue_name="scans", priority=5)
def test_connection(account_id: str, by: str, asked_at: str) -> None:
    account = AwsAccount.objects.get(account_id=account_id)
    if account.tested_at and account.tested_at >= datetime.fromisoformat(asked_at):
        return
    connection_test.check_connection(account, by=by, now=timezone.now())
