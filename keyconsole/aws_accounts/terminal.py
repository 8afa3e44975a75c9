"""Whom and what commands name, and how they end: 0 done, 1 refused, 2 usage."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.core.management.base import CommandError

from keyconsole.aws_accounts.connection_test import Answer
from keyconsole.aws_accounts.models import AwsAccount
from keyconsole.aws_accounts.permissions import accounts_where
from keyconsole.aws_accounts.roles import Permission
from keyconsole.refusals import Invalid


def account_called(text: str, *, seen_by: User | None = None) -> AwsAccount:
    """By number or by name; ends the command with status 2 where there is none, or not for that person."""
    field = "account_id" if text.isdecimal() else "name__iexact"
    there = accounts_where(seen_by, Permission.VIEW) if seen_by else AwsAccount.objects.all()
    account = there.filter(**{field: text}).first() if text.isprintable() else None
    if account is None:
        raise CommandError(
            f"There is no account {text[:80]!r}. `manage.py add_account` adds one.", returncode=2
        )
    return account


def refused(invalid: Invalid) -> CommandError:
    lines = (f"{field.replace('_', ' ')}: {sentence}" for field, sentence in invalid.problems.items())
    return CommandError("\n".join(lines), returncode=1)


def told_of_connection(answer: Answer) -> str:
    """What the command says of who we are in the account, or of why we are not there."""
    if answer.identity is None:
        return f"KeyConsole cannot enter it yet: {answer.problem}"
    connected = f"Connected as {answer.identity.arn}."
    return f"{connected}\nNot everything is allowed: {answer.missing}" if answer.missing else connected


def person_called(username: str) -> User:
    person = User.objects.filter(username=username).first() if username.isprintable() else None
    if person is None:
        raise CommandError(
            f"There is no person {username[:80]!r}. `manage.py add_person` adds one.", returncode=2
        )
    return person
