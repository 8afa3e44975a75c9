"""`manage.py add_person USERNAME [--role ROLE] [--account N] [--email ADDRESS]`.

The password comes from KEYCONSOLE_PASSWORD or standard input; at a terminal one is made and printed once.
"""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from keyconsole.aws_accounts.given_at_terminal import add_person_at_the_terminal
from keyconsole.aws_accounts.people import random_password
from keyconsole.aws_accounts.roles import Role
from keyconsole.aws_accounts.terminal import account_called, refused
from keyconsole.refusals import Invalid
from keyconsole.terminal import who_types


class Command(BaseCommand):
    help = "Add a person who may sign in, with a first role."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--role", choices=[role.value for role in Role])
        parser.add_argument("--account", help="where the role holds: number or name; all accounts otherwise")
        parser.add_argument("--email", default="", help="where messages reach the person")

    def handle(
        self, *_: object, username: str, role: str | None, account: str | None, email: str, **__: Any
    ) -> None:
        where = account_called(account) if account else None
        given = os.environ.get("KEYCONSOLE_PASSWORD") or _piped()
        password = given or random_password()
        try:
            person = add_person_at_the_terminal(
                username,
                password=password,
                role=Role(role) if role else None,
                account=where,
                email=email,
                by=who_types(),
                now=timezone.now(),
            )
        except Invalid as invalid:
            raise refused(invalid) from None
        self.stdout.write(f"Added {person.username}{f' as {role}' if role else ', without a role'}.")
        if not given:
            self.stdout.write(f"Password, shown this once: {password}")


def _piped() -> str:
    return "" if sys.stdin is None or sys.stdin.isatty() else sys.stdin.readline().rstrip("\r\n")
