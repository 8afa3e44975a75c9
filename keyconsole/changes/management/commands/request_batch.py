"""`manage.py request_batch KEY… --primary-region R`: many keys in one request, as on the page."""

from __future__ import annotations

import sys
import uuid
from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from keyconsole.changes.batches.request import NOTHING_REQUESTED, refuse_count, request_batch
from keyconsole.changes.cli.arguments import REFUSED, USAGE, add_wanted_move
from keyconsole.changes.cli.batches import add_asking, confirm, print_batch
from keyconsole.changes.cli.find_key import find_key, named_account
from keyconsole.changes.models import OnFailure
from keyconsole.inventory.models import MultiRegionKey
from keyconsole.people.at_terminal import who_acts
from keyconsole.refusals import Reason, Refused


class Command(BaseCommand):
    help = (
        "Ask to make the replicas in a Region the primaries of every KEY: one plan, approved together, run "
        "in waves by the worker. All of it is asked for, or nothing. "
        "Exit status: 0 asked, 1 refused, 2 usage."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        add_wanted_move(parser)
        add_asking(parser)

    def handle(self, *, keys: list[str], primary_region: str, **options: Any) -> None:
        proof = who_acts(options)
        names = list(dict.fromkeys(keys or _names_on_standard_input(force=options["force"])))
        try:
            refuse_count(len(names))
            found = _found(names, account=options["account"], seen_by=proof.person)
            confirm(found, f"primary -> {primary_region}", options, told=self.stderr)
            with proof.acting():
                batch = request_batch(
                    found,
                    to_region=primary_region,
                    by=proof.person,
                    reason=options["reason"],
                    ticket=options["ticket"],
                    on_failure=OnFailure(options["on_failure"]),
                    token=uuid.uuid4().hex,
                    now=timezone.now(),
                    via=proof.via,
                    proof=proof.given,
                )
        except Refused as refused:
            raise CommandError("Refused: " + "\n  ".join(refused.reasons), returncode=REFUSED) from None
        print_batch(batch, as_json=options["as_json"], told=self.stdout, seen_by=proof.person)


def _found(names: list[str], *, account: str, seen_by: User) -> list[MultiRegionKey]:
    """Every key, or a refusal that names each one that is not to be found."""
    account_id = named_account(account, seen_by=seen_by).account_id if account else ""
    keys: list[MultiRegionKey] = []
    reasons: list[Reason] = []
    for name in names:
        try:
            keys.append(find_key(name, account_id=account_id, seen_by=seen_by))
        except Refused as refused:
            reasons.extend(refused.reasons)
    if reasons:
        raise Refused(NOTHING_REQUESTED, *reasons)
    return keys


def _names_on_standard_input(*, force: bool) -> list[str]:
    names = [] if sys.stdin.isatty() else sys.stdin.read().split()
    if not names:
        raise CommandError("Name at least one key, as an argument or on standard input.", returncode=USAGE)
    if not force:
        raise CommandError("Keys on standard input leave nobody to ask: add --force.", returncode=USAGE)
    return names
