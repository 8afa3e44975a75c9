"""`manage.py lift_freeze --why …`: proposes that changes may run again; another person agrees.

With `--at-the-terminal` the server's operator lifts it at once: every administrator is told.
"""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from keyconsole.people.at_terminal import add_who_acts, who_acts
from keyconsole.people.models import AccessState
from keyconsole.policies.schedule.lifting import lift_at_the_terminal, propose_to_lift
from keyconsole.refusals import Refused
from keyconsole.terminal import who_types


class Command(BaseCommand):
    help = "Propose to lift the freeze of everything; another person who may has to agree."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--why", required=True, help="who agrees reads it; it stays in the record")
        parser.add_argument(
            "--at-the-terminal",
            action="store_true",
            help="as the server's operator, at once and without agreement, with a message to administrators",
        )
        add_who_acts(parser)

    def handle(self, *_: object, why: str, at_the_terminal: bool, **options: Any) -> None:
        if at_the_terminal and options["username"]:
            raise CommandError(
                "The operator lifts it at the terminal, or --as a person proposes.", returncode=2
            )
        try:
            self.stdout.write(_at_once(why) if at_the_terminal else _proposed(why, options))
        except Refused as no:
            raise CommandError(f"Refused: {no}", returncode=1) from None


def _at_once(why: str) -> str:
    lift_at_the_terminal(by=who_types(), why=why, now=timezone.now())
    return "The freeze is lifted. Nobody agreed to it; the record says so."


def _proposed(why: str, options: dict[str, Any]) -> str:
    proof = who_acts(options)
    with proof.acting():
        proposal = propose_to_lift(
            by=proof.person, why=why, now=timezone.now(), via=proof.via, proof=proof.given
        )
    if proposal.state == AccessState.APPLIED:
        return f"The freeze is lifted: {proposal} {proposal.outcome}."
    return f"{proposal} is proposed, with the hash {proposal.sha256}. Another person has to agree to it."
