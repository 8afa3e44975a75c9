"""`manage.py revoke_role USERNAME ROLE [--account N]`."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from keyconsole.aws_accounts.grants import revoke
from keyconsole.aws_accounts.roles import Role
from keyconsole.aws_accounts.terminal import account_called, person_called
from keyconsole.terminal import who_types


class Command(BaseCommand):
    help = "Take a role from a person, exactly where it was given: in one AWS account, or in all."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")
        parser.add_argument("role", choices=[role.value for role in Role])
        parser.add_argument("--account", help="number or name; the grant for all accounts otherwise")

    def handle(self, *_: object, username: str, role: str, account: str | None, **__: Any) -> None:
        person = person_called(username)
        where = account_called(account) if account else None
        if not revoke(person, Role(role), where, by=who_types(), now=timezone.now()):
            raise CommandError(f"{person.username} is not {role} in {where or 'all accounts'}.", returncode=1)
        self.stdout.write(f"{person.username} no longer is {role} in {where or 'all accounts'}.")
