"""`manage.py freeze --why … --as USERNAME`: no change runs, in any account, until it is lifted."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from keyconsole.aws_accounts.terminal import by_command, person_called
from keyconsole.policies.schedule import freeze
from keyconsole.refusals import Refused


class Command(BaseCommand):
    help = "Freeze everything: no change runs until `manage.py lift_freeze`."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--why", required=True, help="whoever is held back reads it")
        parser.add_argument("--as", dest="username", required=True, help="the person who freezes")

    def handle(self, *_: object, why: str, username: str, **__: Any) -> None:
        try:
            held = freeze.freeze(by=person_called(username), why=why, now=timezone.now(), via=by_command())
        except Refused as no:
            raise CommandError(f"Refused: {no}", returncode=1) from None
        self.stdout.write(freeze.words(held))
