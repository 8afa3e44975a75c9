"""`manage.py batch VERB BR-n`: what people do with a batch, by the pages' own actions."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from keyconsole.changes.actions.batch_actions import BATCH_ACTIONS
from keyconsole.changes.cli.act import act
from keyconsole.changes.cli.batches import batch_called, print_batch
from keyconsole.changes.models import Batch
from keyconsole.people.at_terminal import add_who_acts, who_acts


class Command(BaseCommand):
    help = (
        "List and show batches; approve, reject, cancel or run one. Exit status: 0 done, 1 refused, 2 usage."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        verbs.add_parser("list", help="every batch, the newest first")
        show = verbs.add_parser("show", help="one batch with its changes")
        approve = verbs.add_parser(
            "approve", help="agree to the plan, by its hash: every change that needs you"
        )
        approve.add_argument(
            "--plan", dest="plan_sha256", required=True, metavar="SHA256", help="the hash of the batch's plan"
        )
        approve.add_argument("--comment", default="", help="stands beside your name in the record")
        reject = verbs.add_parser("reject", help="say no: every change that has not begun ends")
        reject.add_argument("--reason", required=True, help="why not; it stays in the record")
        cancel = verbs.add_parser("cancel", help="take back what has not begun")
        cancel.add_argument("--reason", default="", help="why; it stays in the record")
        run = verbs.add_parser("run", help="say that approved changes which wait for it shall run")
        for parser_of_verb in (show, approve, reject, cancel, run):
            parser_of_verb.add_argument("ref", metavar="BR-n")
            parser_of_verb.add_argument("--json", action="store_true", dest="as_json", help="print JSON")
        for parser_of_verb in (approve, reject, cancel, run):
            add_who_acts(parser_of_verb)

    def handle(self, *_: object, verb: str, **options: Any) -> None:
        if verb == "list":
            self._list()
            return
        person = None
        if verb in BATCH_ACTIONS:
            proof = who_acts(options)
            person = proof.person
            act(BATCH_ACTIONS[verb], batch_called(options["ref"], seen_by=person), options, proof)
        batch = batch_called(options["ref"])
        print_batch(batch, as_json=options["as_json"], told=self.stdout, seen_by=person)

    def _list(self) -> None:
        for batch in Batch.objects.select_related("requester").order_by("-number"):
            state = "stopped" if batch.stopped_at else "ended" if batch.ended_at else "open"
            count, by = len(batch.plan["lines"]), batch.requester.username
            self.stdout.write(f"{batch.ref:<8} {state:<8} {count:>4} keys   by {by}")
