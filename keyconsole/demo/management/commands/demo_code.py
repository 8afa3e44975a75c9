"""`manage.py demo_code USERNAME`: the present code of the authenticator app of somebody in the demo."""

from __future__ import annotations

import time
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from keyconsole.demo.people import PEOPLE
from keyconsole.people.factors.totp import STEP_SECONDS, code_at


class Command(BaseCommand):
    help = "Print the present code of a demo person's authenticator app. Exit status: 0, 2."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username", choices=[person.username for person in PEOPLE if person.totp_secret])

    def handle(self, *_: Any, username: str, **__: Any) -> None:
        if not settings.KEYCONSOLE_DEMO:
            raise CommandError("This is not a demo. Set KEYCONSOLE_DEMO=1 only where that does no harm.")
        secret = next(person.totp_secret for person in PEOPLE if person.username == username)
        self.stdout.write(code_at(secret, int(time.time()) // STEP_SECONDS))
