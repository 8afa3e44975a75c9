"""The command line's way to make a replica the primary: the same workflow, checks and record as the page."""

from __future__ import annotations

import json
import sys
import uuid
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from keyconsole.changes.approvals.run_gate import gate
from keyconsole.changes.cli.arguments import (
    DONE,
    NOT_KNOWN_YET,
    REFUSED,
    USAGE,
    add_wanted_move,
    add_who_asks,
)
from keyconsole.changes.cli.find_key import find_key_in
from keyconsole.changes.execution.run_inline import carry
from keyconsole.changes.execution.store_observations import observe_now
from keyconsole.changes.kinds.update_primary_region.preflight import region_problem
from keyconsole.changes.models import Answer, Attempt, Change
from keyconsole.changes.quorum import quorum_of
from keyconsole.changes.requests.request import request_move
from keyconsole.changes.states import State
from keyconsole.changes.told import told_of
from keyconsole.inventory.models import MultiRegionKey
from keyconsole.people.at_terminal import who_acts
from keyconsole.people.proof import Proof
from keyconsole.refusal_codes import Code
from keyconsole.refusals import Reason, Refused


class Command(BaseCommand):
    help = (
        "Make the replica in a Region the primary of each KEY. Waits until every Region agrees. "
        "Exit status: 0 done, 1 refused, 2 usage, 3 not done yet: it waits for people, a time, or to settle."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        add_wanted_move(parser)
        add_who_asks(parser)
        parser.add_argument("--output", choices=["none", "json", "key-id"], default="none")
        parser.add_argument(
            "--no-wait", action="store_true", help="send the call, do not wait until it has settled"
        )

    def handle(self, *, keys: list[str], account: str, **options: Any) -> None:
        names = keys or _names_on_standard_input()
        if not keys and not options["force"]:
            raise CommandError("Keys on standard input leave nobody to ask: add --force.", returncode=USAGE)
        proof = who_acts(options)
        statuses = [self._one(name, account=account, proof=proof, options=options) for name in names]
        if worst := max(statuses, key=[DONE, NOT_KNOWN_YET, REFUSED].index):
            sys.exit(worst)

    def _one(self, name: str, *, account: str, proof: Proof, options: dict[str, Any]) -> int:
        try:
            key = find_key_in(name, account=account, seen_by=proof.person)
            _refuse_impossible_region(key, options["primary_region"])
            observe_now(key, now=timezone.now())
            if key.primary_region == options["primary_region"]:
                return self._already(key, options["output"])
            self._ask(key, options)
            with proof.acting():
                change = request_move(
                    key,
                    to_region=options["primary_region"],
                    by=proof.person,
                    reason=options["reason"],
                    ticket=options["ticket"],
                    token=uuid.uuid4().hex,
                    now=timezone.now(),
                    via=proof.via,
                    proof=proof.given,
                )
        except Refused as refused:
            self.stderr.write(f"Refused: {refused}")
            return REFUSED
        change = carry(change, until_settled=not options["no_wait"], report=self._report)
        self._print(change, options["output"])
        return _status(change)

    def _already(self, key: MultiRegionKey, output: str) -> int:
        """The state that was asked for holds, just seen at AWS: nothing to send, and no failure."""
        self.stderr.write(
            f"{key.primary_region} already is the primary of {key.key_id}. Nothing was sent to AWS."
        )
        if output == "key-id":
            self.stdout.write(key.key_id)
        elif output == "json":
            facts = {
                "change": None,
                "state": "already-primary",
                "key_id": key.key_id,
                "to_region": key.primary_region,
            }
            self.stdout.write(json.dumps(facts, sort_keys=True))
        return DONE

    def _ask(self, key: MultiRegionKey, options: dict[str, Any]) -> None:
        if options["force"]:
            return
        to_region = options["primary_region"]
        self.stderr.write(
            f"{key.name} ({key.key_id}) in {key.account}: primary {key.primary_region} -> {to_region}"
        )
        if not sys.stdin.isatty():
            raise CommandError("Nobody is there to ask: add --force.", returncode=USAGE)
        if input(f"Type {key.name} to make {to_region} the primary: ").strip() not in {
            key.name,
            key.key_id,
            key.alias,
        }:
            raise Refused(Reason(Code.NOT_CONFIRMED, "Not confirmed. Nothing was asked of AWS."))

    def _report(self, change: Change) -> None:
        told = [change.outcome]
        if change.state == State.PENDING:
            quorum = quorum_of(change)
            told = ["It waits for", quorum.waits_for, *told_of(change, quorum)]
        elif change.state == State.APPROVED:
            told = list(gate(change, now=timezone.now()).reasons)
        self.stderr.write(f"{change.ref} {change.state.replace('_', ' ')}. {' '.join(told)}".rstrip())

    def _print(self, change: Change, output: str) -> None:
        if output == "key-id":
            self.stdout.write(change.key.key_id)
        elif output == "json":
            self.stdout.write(json.dumps(_as_json(change), sort_keys=True))


def _refuse_impossible_region(key: MultiRegionKey, to_region: str) -> None:
    """Before AWS is asked anything; the full preflight follows once the key was looked at."""
    member = key.region_keys.filter(region=to_region).first()
    if problem := region_problem(key, to_region, member):
        raise Refused(Reason(Code.REGION_IMPOSSIBLE, problem))


def _names_on_standard_input() -> list[str]:
    names = [] if sys.stdin.isatty() else sys.stdin.read().split()
    if not names:
        raise CommandError("Name at least one key, as an argument or on standard input.", returncode=USAGE)
    return list(dict.fromkeys(names))


def _status(change: Change) -> int:
    if change.state == State.DONE:
        return DONE
    return NOT_KNOWN_YET if change.is_open else REFUSED


def _as_json(change: Change) -> dict[str, Any]:
    attempt = Attempt.objects.filter(change=change).first()
    return {
        "change": change.ref,
        "kind": change.kind,
        "state": change.state,
        "outcome": change.outcome,
        "key_id": change.key.key_id,
        "key_arn": change.key.arn_in(change.to_region),
        "account_id": change.key.account.account_id,
        "from_region": change.from_region,
        "to_region": change.to_region,
        "plan_sha256": change.plan_sha256,
        "answer": attempt.answer if attempt else Answer.NOT_SENT,
        "request_id": attempt.request_id if attempt else "",
        "error_code": attempt.error_code if attempt else "",
        "error_message": attempt.error_message if attempt else "",
    }
