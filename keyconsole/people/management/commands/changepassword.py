"""`manage.py changepassword USERNAME`: a new password, on the record, in the place of Django's own."""

from __future__ import annotations

import getpass
import os
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from keyconsole.aws_accounts.terminal import person_called, refused
from keyconsole.people.at_terminal import PASSWORD
from keyconsole.people.passwords import change_password
from keyconsole.refusals import Invalid
from keyconsole.terminal import who_types


class Command(BaseCommand):
    help = "Give a person a new password. It is recorded, and their sessions end. Exit status: 0, 1, 2."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")

    def handle(self, *_: object, username: str, **__: Any) -> None:
        person = person_called(username)
        password = os.environ.get(PASSWORD) or _typed_or_piped(username)
        try:
            ended = change_password(person, password, by=who_types(), now=timezone.now())
        except Invalid as invalid:
            raise refused(invalid) from None
        sessions = "1 session" if ended == 1 else f"{ended} sessions"
        self.stdout.write(f"{username} has a new password; {sessions} ended.")
        if held := person.personal_tokens.filter(ended_at=None, expires_at__gt=timezone.now()).count():
            self.stdout.write(
                f"Tokens of {username} that still hold: {held}. `manage.py token revoke` ends one."
            )


def _typed_or_piped(username: str) -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    password = getpass.getpass(f"New password of {username}: ")
    if getpass.getpass("Once more: ") != password:
        raise CommandError("The two are not the same. Nothing was changed.", returncode=2)
    return password
