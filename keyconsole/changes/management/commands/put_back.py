"""`manage.py put_back BR-n`: asks for the reverse of what a batch moved, through the same approvals."""

from __future__ import annotations

import uuid
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from keyconsole.changes.batches.put_back import lines_back, may_put_back, put_back
from keyconsole.changes.cli.arguments import REFUSED
from keyconsole.changes.cli.batches import add_asking, batch_called, confirm, print_batch
from keyconsole.changes.models import OnFailure
from keyconsole.people.at_terminal import who_acts
from keyconsole.refusals import Refused


class Command(BaseCommand):
    help = (
        "Ask to move every primary that a batch moved back to where it was. "
        "Exit status: 0 asked, 1 refused, 2 usage."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("ref", metavar="BR-n", help="the batch whose done changes are put back")
        parser.add_argument("--reason", default="", help="why (default: that it is put back)")
        add_asking(parser)

    def handle(self, *, ref: str, **options: Any) -> None:
        proof = who_acts(options)
        batch = batch_called(ref, seen_by=proof.person)
        try:
            may_put_back(batch, by=proof.person).or_refuse()
            keys = [line.key for line in lines_back(batch, by=proof.person)]
            confirm(keys, f"back to where it was before {batch.ref}", options, told=self.stderr)
            with proof.acting():
                back = put_back(
                    batch,
                    by=proof.person,
                    token=uuid.uuid4().hex,
                    now=timezone.now(),
                    reason=options["reason"],
                    ticket=options["ticket"],
                    on_failure=OnFailure(options["on_failure"]),
                    via=proof.via,
                    proof=proof.given,
                )
        except Refused as refused:
            raise CommandError("Refused: " + "\n  ".join(refused.reasons), returncode=REFUSED) from None
        print_batch(back, as_json=options["as_json"], told=self.stdout, seen_by=proof.person)
