"""The AWS accounts of the demo story as KeyConsole knows them: how they are entered, and since when."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from keyconsole.audit.events import Event
from keyconsole.aws_accounts.fields import AccountFields, tidy
from keyconsole.aws_accounts.models import AwsAccount
from keyconsole.aws_accounts.register import Origin, draft_account
from keyconsole.demo.accounts_and_regions import ACCOUNTS, PAYMENTS, REGIONS, StoryAccount
from keyconsole.demo.scans import JOINED_DAYS_AGO, LAST_SCAN, entering_problem
from keyconsole.demo.timeline import Happening, recorded
from keyconsole.kms.sessions import Source

# The variables AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, which `make demo` sets.
ENV_PREFIX = "AWS"
_BY = "ada"
OPERATOR = "the terminal of keyconsole-1, as OS user ada"
_TESTED_AFTER = timedelta(minutes=2)
_TESTED_AGAIN_DAYS_AGO = 5.1


def create_accounts(endpoint_url: str, *, now: datetime) -> dict[str, AwsAccount]:
    """By name."""
    drafts = [
        draft_account(account.account_id, origin=Origin.TERMINAL, **_fields(account, endpoint_url))
        for account in ACCOUNTS
    ]
    for account, draft in zip(ACCOUNTS, drafts, strict=True):
        draft.added_at = _joined(account, now)
        draft.tested_at = now - timedelta(days=_TESTED_AGAIN_DAYS_AGO)
        draft.test_problem = entering_problem(account)
        draft.unit, draft.unit_read_by = account.unit, PAYMENTS.account_id
        draft.unit_read_at = now - LAST_SCAN  # of payments, the management account
        if account == PAYMENTS:
            draft.organization_read_at = draft.unit_read_at
    return {account.name: account for account in AwsAccount.objects.bulk_create(drafts)}


def account_happenings(account: StoryAccount, endpoint_url: str, *, now: datetime) -> Iterator[Happening]:
    about: dict[str, Any] = {
        "actor": _BY,
        "subject": account.account_id,
        "account_id": account.account_id,
    }
    added = tidy(_fields(account, endpoint_url))
    # Variables and endpoints are said at the server's terminal.
    yield recorded(
        Event.ACCOUNT_ADDED, at=_joined(account, now), data={**added}, **{**about, "actor": OPERATOR}
    )
    role = account.role_arn.replace(":iam:", ":sts:").replace(":role/", ":assumed-role/")
    identity = f"{role}/keyconsole-test" if account.can_be_entered else ""
    tested = {"problem": entering_problem(account), "identity": identity}
    for at in (_joined(account, now) + _TESTED_AFTER, now - timedelta(days=_TESTED_AGAIN_DAYS_AGO)):
        yield recorded(Event.ACCOUNT_TESTED, at=at, data=tested, **about)


def _fields(account: StoryAccount, endpoint_url: str) -> AccountFields:
    return {
        "name": account.name,
        "regions": list(REGIONS),
        "source": Source.ENV_KEYS,
        "env_prefix": ENV_PREFIX,
        "role_arn": account.role_arn,
        "endpoint_url": endpoint_url,
    }


def _joined(account: StoryAccount, now: datetime) -> datetime:
    return now - timedelta(days=JOINED_DAYS_AGO[account])
