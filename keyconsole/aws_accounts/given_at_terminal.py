"""Roles that the server's operator gives, alone and at once: administrators hear of one that decides."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction

from keyconsole.aws_accounts.grants import grant
from keyconsole.aws_accounts.models import AwsAccount
from keyconsole.aws_accounts.people import add_person
from keyconsole.aws_accounts.roles import POWERFUL, Role
from keyconsole.aws_accounts.told import path_of_record, tell_of_power


def grant_at_the_terminal(
    person: User, role: Role, account: AwsAccount | None, *, by: str, now: datetime
) -> None:
    with transaction.atomic():
        grant(person, role, account, by=by, now=now)
        _tell(person, role, account, by=by, now=now)


def add_person_at_the_terminal(
    username: str,
    *,
    password: str,
    role: Role | None,
    account: AwsAccount | None,
    by: str,
    now: datetime,
    email: str = "",
) -> User:
    """Raises Invalid, as `add_person` does."""
    with transaction.atomic():
        person = add_person(
            username, password=password, role=role, account=account, by=by, now=now, email=email
        )
        if role:
            _tell(person, role, account, by=by, now=now)
    return person


def _tell(person: User, role: Role, account: AwsAccount | None, *, by: str, now: datetime) -> None:
    if role in POWERFUL:
        tell_of_power(
            f"give {person.username} the role {role} in {account or 'all accounts'}",
            by=by,
            account_id=account.account_id if account else "",
            path=path_of_record(person.username),
            now=now,
        )
