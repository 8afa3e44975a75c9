"""`manage.py grant_role USERNAME ROLE [--account N]`: at once; administrators hear of a role that decides."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from keyconsole.aws_accounts.given_at_terminal import grant_at_the_terminal
from keyconsole.aws_accounts.roles import Role
from keyconsole.aws_accounts.terminal import account_called, person_called
from keyconsole.terminal import who_types


class Command(BaseCommand):
    help = "Give a person a role, in one AWS account or in all of them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")
        parser.add_argument("role", choices=[role.value for role in Role])
        parser.add_argument("--account", help="number or name; all accounts otherwise")

    def handle(self, *_: object, username: str, role: str, account: str | None, **__: Any) -> None:
        person = person_called(username)
        where = account_called(account) if account else None
        grant_at_the_terminal(person, Role(role), where, by=who_types(), now=timezone.now())
        self.stdout.write(f"{person.username} is {role} in {where or 'all accounts'}.")
