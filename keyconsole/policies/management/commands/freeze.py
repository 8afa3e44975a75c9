"""`manage.py freeze --why … --as USERNAME`: no change runs, in any account, until it is lifted."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from keyconsole.people.at_terminal import add_who_acts, who_acts
from keyconsole.policies.schedule import freeze
from keyconsole.refusals import Refused


class Command(BaseCommand):
    help = "Freeze everything: no change runs until `manage.py lift_freeze`."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--why", required=True, help="whoever is held back reads it")
        add_who_acts(parser)

    def handle(self, *_: object, why: str, **options: Any) -> None:
        proof = who_acts(options)
        try:
            with proof.acting():
                held = freeze.freeze(by=proof.person, why=why, now=timezone.now(), via=proof.via)
        except Refused as no:
            raise CommandError(f"Refused: {no}", returncode=1) from None
        self.stdout.write(freeze.words(held))
