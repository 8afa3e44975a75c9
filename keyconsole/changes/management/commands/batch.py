"""`manage.py batch VERB BR-n`: what people do with a batch, through the pages' own functions."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from keyconsole.changes.batches.decide import approve_batch, cancel_batch, reject_batch, run_batch
from keyconsole.changes.cli.arguments import REFUSED, acting_person, from_the_terminal
from keyconsole.changes.cli.batches import batch_called, print_batch
from keyconsole.changes.models import Batch
from keyconsole.refusals import Refused


class Command(BaseCommand):
    help = (
        "List and show batches; approve, reject, cancel or run one. Exit status: 0 done, 1 refused, 2 usage."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        verbs.add_parser("list", help="every batch, the newest first")
        show = verbs.add_parser("show", help="one batch with its lines")
        approve = verbs.add_parser(
            "approve", help="agree to the plan, by its hash: every line that needs you"
        )
        approve.add_argument("--plan", required=True, metavar="SHA256", help="the hash of the batch's plan")
        approve.add_argument("--comment", default="", help="stands beside your name in the record")
        reject = verbs.add_parser("reject", help="say no: every line that has not begun ends")
        reject.add_argument("--reason", required=True, help="why not; it stays in the record")
        cancel = verbs.add_parser("cancel", help="take back what has not begun")
        cancel.add_argument("--reason", default="", help="why; it stays in the record")
        run = verbs.add_parser("run", help="say that approved lines which wait for it shall run")
        for parser_of_verb in (show, approve, reject, cancel, run):
            parser_of_verb.add_argument("ref", metavar="BR-n")
            parser_of_verb.add_argument("--json", action="store_true", dest="as_json", help="print JSON")
        for parser_of_verb in (approve, reject, cancel, run):
            parser_of_verb.add_argument(
                "--as", dest="username", default="", help="the person who acts (default: your login name)"
            )

    def handle(self, *_: object, verb: str, **options: Any) -> None:
        if verb == "list":
            self._list()
            return
        batch = batch_called(options["ref"])
        if verb != "show":
            try:
                _act(verb, batch, options)
            except Refused as refused:
                raise CommandError(f"Refused: {refused}", returncode=REFUSED) from None
        print_batch(batch_called(batch.ref), as_json=options["as_json"], told=self.stdout)

    def _list(self) -> None:
        for batch in Batch.objects.select_related("requester").order_by("-number"):
            state = "stopped" if batch.stopped_at else "ended" if batch.ended_at else "open"
            count, by = len(batch.plan["lines"]), batch.requester.username
            self.stdout.write(f"{batch.ref:<8} {state:<8} {count:>4} lines  by {by}")


def _act(verb: str, batch: Batch, options: dict[str, Any]) -> None:
    by, now, via = acting_person(options["username"]), timezone.now(), from_the_terminal()
    if verb == "approve":
        agreed = {"plan_sha256": options["plan"], "comment": options["comment"]}
        approve_batch(batch, by=by, now=now, via=via, **agreed)
    elif verb == "reject":
        reject_batch(batch, by=by, reason=options["reason"], now=now, via=via)
    elif verb == "cancel":
        cancel_batch(batch, by=by, reason=options["reason"], now=now, via=via)
    else:
        run_batch(batch, by=by, now=now, via=via)
