"""Testing the connection to an account: enter it, ask STS who we are, keep the answer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction

from keyconsole.audit import log
from keyconsole.audit.events import Event
from keyconsole.aws_accounts.connect import enter
from keyconsole.aws_accounts.models import AwsAccount
from keyconsole.kms.errors import KmsError, WrongAccount
from keyconsole.kms.facts import Identity
from keyconsole.lease import give_back, take

# Entering an account takes a minute at most: every call to STS has its own time-out and few retries.
LEASE = timedelta(minutes=3)


def request_test(account: AwsAccount, *, by: str, now: datetime) -> None:
    """Let a worker test it; `tested_at` is empty until it has. Asked twice, it is tested once."""
    asked = {"tested_at": None, "test_problem": "", "test_asked_by": by}
    AwsAccount.objects.filter(pk=account.pk).update(due_at=now, **asked)


def step(account: AwsAccount, *, clock: Callable[[], datetime]) -> None:
    """What a worker does for an account whose connection is to be tested."""
    if take(account, now=clock(), lasts=LEASE):
        check_connection(account, by=account.test_asked_by, now=clock())
        give_back(account, due_at=None)


def check_connection(account: AwsAccount, *, by: str, now: datetime) -> Identity | None:
    """Who we are in the account, or None where `account.test_problem` then says why not."""
    try:
        answer = who_we_are(account)
    except WrongAccount as wrong:
        answer = str(wrong)
    keep_answer(account, answer, by=by, now=now)
    return answer if isinstance(answer, Identity) else None


def who_we_are(account: AwsAccount) -> Identity | str:
    """STS's answer, or the sentence that says why there is none; raises WrongAccount for another account."""
    try:
        with enter(account, session_name="keyconsole-test") as session:
            return session.identity
    except WrongAccount:
        raise
    except KmsError as error:
        return str(error)


def keep_answer(account: AwsAccount, answer: Identity | str, *, by: str, now: datetime) -> None:
    problem, arn = ("", answer.arn) if isinstance(answer, Identity) else (answer, "")
    account.tested_at, account.test_problem = now, problem
    if isinstance(answer, Identity) and not account.regions:
        account.partition = answer.partition
    with transaction.atomic():
        account.save(update_fields=["tested_at", "test_problem", "partition"])
        log.record(
            Event.ACCOUNT_TESTED,
            actor=by,
            subject=account.account_id,
            account_id=account.account_id,
            now=now,
            data={"problem": problem, "identity": arn},
        )
