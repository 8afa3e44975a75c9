"""`manage.py lift_freeze --as USERNAME`: changes may run again where their own rules let them."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from keyconsole.aws_accounts.terminal import by_command, person_called
from keyconsole.policies.schedule import freeze
from keyconsole.refusals import Refused


class Command(BaseCommand):
    help = "Lift the freeze of everything."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--as", dest="username", required=True, help="the person who lifts it")

    def handle(self, *_: object, username: str, **__: Any) -> None:
        try:
            freeze.lift(by=person_called(username), now=timezone.now(), via=by_command())
        except Refused as no:
            raise CommandError(f"Refused: {no}", returncode=1) from None
        self.stdout.write("The freeze is lifted.")
