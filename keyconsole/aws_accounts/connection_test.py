"""Testing the connection to an account: who we are, who we are there, what is missing; the answer is kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from keyconsole.audit import log
from keyconsole.audit.events import Event
from keyconsole.aws_accounts.connect import enter, own_identity_for
from keyconsole.aws_accounts.models import AwsAccount
from keyconsole.aws_accounts.what_is_missing import what_is_missing
from keyconsole.kms.errors import AccessDenied, KmsError, WrongAccount
from keyconsole.kms.facts import Identity, principal_of
from keyconsole.lease import give_back, take

# Every call has its own time-out and few retries, and Regions are asked several at a time.
LEASE = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Answer:
    """`problem` says why the account cannot be entered; `missing` what is denied in one that can be."""

    identity: Identity | None = None
    problem: str = ""
    missing: str = ""
    own_identity: str = ""  # empty: not known


def request_test(account: AwsAccount, *, by: str, now: datetime) -> None:
    """Let a worker test it; `tested_at` is empty until it has. Asked twice, it is tested once."""
    asked = {"tested_at": None, "test_problem": "", "test_missing": "", "test_asked_by": by}
    AwsAccount.objects.filter(pk=account.pk).update(due_at=now, **asked)


def step(account: AwsAccount, *, clock: Callable[[], datetime]) -> bool:
    """What a worker does for an account whose connection is to be tested; true where it can be entered."""
    if not take(account, now=clock(), lasts=LEASE):
        return False
    answer = check_connection(account, by=account.test_asked_by, now=clock())
    give_back(account, due_at=None)
    return answer.identity is not None


def check_connection(account: AwsAccount, *, by: str, now: datetime) -> Answer:
    try:
        answer = ask(account)
    except WrongAccount as wrong:
        answer = Answer(problem=str(wrong))
    keep_answer(account, answer, by=by, now=now)
    return answer


def ask(account: AwsAccount) -> Answer:
    """Raises WrongAccount where the credentials lead to another account."""
    own = ""
    try:
        if account.role_arn:
            own = principal_of(own_identity_for(account).arn)
        with enter(account, session_name="keyconsole-test") as session:
            return Answer(session.identity, missing=what_is_missing(account, session), own_identity=own)
    except WrongAccount:
        raise
    except AccessDenied as error:
        return Answer(problem=_not_assumable(account, own, error), own_identity=own)
    except KmsError as error:
        return Answer(problem=str(error), own_identity=own)


def keep_answer(account: AwsAccount, answer: Answer, *, by: str, now: datetime) -> None:
    account.tested_at, account.test_problem, account.test_missing = now, answer.problem, answer.missing
    if answer.own_identity:
        account.own_identity = answer.own_identity
    if answer.identity:
        account.being_set_up = False
        if not account.regions:
            account.partition = answer.identity.partition
    kept = ["tested_at", "test_problem", "test_missing", "own_identity", "being_set_up", "partition"]
    with transaction.atomic():
        account.save(update_fields=kept)
        log.record(
            Event.ACCOUNT_TESTED,
            actor=by,
            subject=account.account_id,
            account_id=account.account_id,
            now=now,
            data={
                "problem": answer.problem,
                "missing": answer.missing,
                "identity": answer.identity.arn if answer.identity else "",
            },
        )


def _not_assumable(account: AwsAccount, own: str, error: AccessDenied) -> str:
    """AWS gives one answer for a role that is not there, one that trusts others, and a wrong external id."""
    if error.operation != "AssumeRole":
        return str(error)
    role = account.role_arn.rpartition("/")[2]
    asks = ", or asks for another external id" if account.external_id else ", or asks for an external id"
    return (
        f"The role {role} cannot be assumed: it is not there yet, does not trust {own or 'KeyConsole'}{asks} "
        f"({str(error).rstrip('.')})."
    )
