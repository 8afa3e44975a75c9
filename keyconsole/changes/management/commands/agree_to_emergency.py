"""`manage.py agree_to_emergency CR-n …`: another member of the group agrees, with their password."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from keyconsole.changes.cli.arguments import REFUSED, acting_person, change_called, from_the_terminal
from keyconsole.changes.cli.password import refuse_without_password
from keyconsole.changes.requests.emergency_agreement import agree
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
        parser.add_argument("--as", dest="username", required=True, help="the member who agrees")
        parser.add_argument("--comment", default="", help="stays with the agreement")
        parser.add_argument("--password-file", help="the member's password, where there is no terminal")

    def handle(self, *, ref: str, username: str, **options: Any) -> None:
        person, change = acting_person(username), change_called(ref)
        refuse_without_password(person, options["password_file"])
        now = timezone.now()
        try:
            agree(
                change,
                by=person,
                plan_sha256=options["plan_sha256"].strip().lower(),
                comment=options["comment"],
                reauthenticated_at=now,
                now=now,
                via=from_the_terminal(),
            )
        except Refused as refused:
            raise CommandError(f"Refused: {refused}", returncode=REFUSED) from None
        self.stdout.write(f"{person.username} agreed to {change.ref}. It runs as soon as a worker takes it.")
