"""`manage.py agree_to_emergency CR-n …`: another member of the group agrees, with their password."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from keyconsole.changes.cli.arguments import REFUSED, change_called
from keyconsole.changes.requests.emergency_agreement import agree
from keyconsole.people.at_terminal import add_who_acts, who_acts
from keyconsole.refusals import Refused


class Command(BaseCommand):
    help = (
        "Agree to an emergency that waits for another member of its group, since an earlier one of the same "
        "person is not reviewed. It runs from then on. Exit status: 0 done, 1 refused, 2 usage."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("ref", metavar="CR-n")
        parser.add_argument(
            "--plan",
            dest="plan_sha256",
            required=True,
            metavar="SHA256",
            help="the hash of the plan that was read, as `change show` prints it",
        )
        add_who_acts(parser)
        parser.add_argument("--comment", default="", help="stays with the agreement")

    def handle(self, *, ref: str, **options: Any) -> None:
        proof = who_acts(options, by_password=True)
        change = change_called(ref, seen_by=proof.person)
        try:
            with proof.acting():
                agree(
                    change,
                    by=proof.person,
                    plan_sha256=options["plan_sha256"].strip().lower(),
                    comment=options["comment"],
                    reauthenticated_at=proof.at,
                    now=timezone.now(),
                    via=proof.via,
                    proof=proof.given,
                )
        except Refused as refused:
            raise CommandError(f"Refused: {refused}", returncode=REFUSED) from None
        self.stdout.write(
            f"{proof.person.username} agreed to {change.ref}. It runs as soon as a worker takes it."
        )
