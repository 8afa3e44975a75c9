"""The connection test of an account that is being set up ends in its first scan."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from keyconsole.aws_accounts import connection_test
from keyconsole.aws_accounts.models import AwsAccount
from keyconsole.inventory.models import Depth
from keyconsole.inventory.scan.run import request_scan


def step(account: AwsAccount, *, clock: Callable[[], datetime]) -> None:
    """Where a worker ends between the two, the account is due for its first scan by the clock."""
    first = account.being_set_up
    if connection_test.step(account, clock=clock) and first:
        request_scan(account, by=account.test_asked_by, depth=Depth.DETAILS, now=clock())
