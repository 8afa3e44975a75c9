"""`manage.py reset_second_factors USERNAME`: for somebody who lost every device and every recovery code."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from keyconsole.aws_accounts.terminal import person_called
from keyconsole.people.factors.reset import reset_second_factors
from keyconsole.refusal_codes import Code
from keyconsole.refusals import Refused


class Command(BaseCommand):
    help = (
        "Remove all second factors and recovery codes of a person who lost them. It is recorded, their "
        "sessions end, and a message is written to them and every administrator. Exit status: 0, 1, 2."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")

    def handle(self, *_: object, username: str, **__: Any) -> None:
        person = person_called(username)
        try:
            reset = reset_second_factors(person, now=timezone.now())
        except Refused as refused:
            short = any(reason.code is Code.PASSWORD_TOO_SHORT for reason in refused.reasons)
            next_step = f" Do that with `manage.py changepassword {username}`." if short else ""
            raise CommandError(f"Refused: {refused}{next_step}", returncode=1) from None
        sessions = "1 session" if reset.sessions_ended == 1 else f"{reset.sessions_ended} sessions"
        self.stdout.write(f"Removed from {username}: {', '.join(reset.removed)}. {sessions} ended.")
        self.stdout.write(f"{username} signs in with the password alone, and can add another factor then.")
