"""`manage.py break_glass KEY …`: the emergency path, for whoever proves with their password who they are."""

from __future__ import annotations

import sys
import uuid
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from keyconsole.changes.cli.arguments import NOT_KNOWN_YET, REFUSED
from keyconsole.changes.cli.find_key import find_key_in
from keyconsole.changes.execution.run_inline import carry
from keyconsole.changes.execution.store_observations import observe_now
from keyconsole.changes.models import Change
from keyconsole.changes.requests.break_glass import break_glass
from keyconsole.changes.requests.create import MoveRequest
from keyconsole.changes.requests.emergency_agreement import (
    agreement_of,
    members_asked,
    waits_for_member,
)
from keyconsole.changes.states import State
from keyconsole.changes.told import told_of
from keyconsole.people.at_terminal import add_who_acts, who_acts
from keyconsole.refusals import Refused


class Command(BaseCommand):
    help = (
        "Make a replica the primary in an emergency, without the approvals that its policy asks for. "
        "Those who were skipped are written to where a channel reaches them, and somebody else reviews it. "
        "What waits for the key gives way. "
        "While an earlier one of the person is not reviewed, it waits for another member of the group. "
        "Exit status: 0 done, 1 refused, 2 usage, 3 outcome not known yet."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("key", metavar="KEY", help="key id or ARN")
        parser.add_argument("--primary-region", required=True, help="the Region that shall be primary")
        parser.add_argument("--reason", required=True, help="why it cannot wait for approval")
        parser.add_argument("--account", default="", help="account number or name, where the id is ambiguous")
        parser.add_argument("--ticket", default="", help="a reference of your own")
        add_who_acts(parser)
        parser.add_argument("--no-wait", action="store_true", help="do not wait until it has settled")

    def handle(self, *, key: str, account: str, no_wait: bool, **options: Any) -> None:
        proof = who_acts(options, by_password=True)
        try:
            found = find_key_in(key, account=account, seen_by=proof.person)
            observe_now(found, now=timezone.now())
            move_request = MoveRequest(
                key=found,
                to_region=options["primary_region"],
                by=proof.person,
                reason=options["reason"],
                ticket=options["ticket"],
                token=uuid.uuid4().hex,
                via=proof.via,
                proof=proof.given,
            )
            with proof.acting():
                change = break_glass(move_request, reauthenticated_at=proof.at, now=timezone.now())
        except Refused as refused:
            raise CommandError(f"Refused: {refused}", returncode=REFUSED) from None
        for waited in change.supersedes.all():
            self.stderr.write(f"{waited.ref} waited for this key and is superseded by {change.ref}.")
        if asked := agreement_of(change):
            self.stderr.write(f"{change.ref}: {waits_for_member(asked, members_asked(asked, change))}")
            sys.exit(NOT_KNOWN_YET)
        self._tell_review(change)
        change = carry(change, until_settled=not no_wait, report=self._report)
        if change.state != State.DONE:
            sys.exit(NOT_KNOWN_YET if change.is_open else REFUSED)

    def _tell_review(self, change: Change) -> None:
        due_at = change.review.due_at
        self.stderr.write(f"{change.ref}: an emergency. Its review is due by {due_at:%Y-%m-%d %H:%M} UTC.")
        for sentence in told_of(change):
            self.stderr.write(f"{change.ref}: {sentence}")

    def _report(self, change: Change) -> None:
        self.stderr.write(f"{change.ref} {change.state.replace('_', ' ')}. {change.outcome}".rstrip())
