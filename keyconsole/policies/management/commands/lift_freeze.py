"""`manage.py lift_freeze --as USERNAME`: changes may run again where their own rules let them."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from keyconsole.people.at_terminal import add_who_acts, who_acts
from keyconsole.policies.schedule import freeze
from keyconsole.refusals import Refused


class Command(BaseCommand):
    help = "Lift the freeze of everything."

    def add_arguments(self, parser: CommandParser) -> None:
        add_who_acts(parser)

    def handle(self, *_: object, **options: Any) -> None:
        proof = who_acts(options)
        try:
            freeze.lift(by=proof.person, now=timezone.now(), via=proof.via, proof=proof.given)
        except Refused as no:
            raise CommandError(f"Refused: {no}", returncode=1) from None
        self.stdout.write("The freeze is lifted.")
