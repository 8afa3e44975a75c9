"""`manage.py change VERB CR-n`: everything that people do with a change, by the pages' own actions."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from keyconsole.aws_accounts.terminal import person_called
from keyconsole.changes.actions.change_actions import CHANGE_ACTIONS
from keyconsole.changes.approvals.inbox import needing
from keyconsole.changes.cli.act import act
from keyconsole.changes.cli.arguments import change_called
from keyconsole.changes.cli.summary import lines, summary
from keyconsole.changes.kinds.registry import kind_of
from keyconsole.changes.models import Change
from keyconsole.changes.states import State
from keyconsole.people.at_terminal import add_who_acts, who_acts


class Command(BaseCommand):
    help = (
        "List and show changes; approve, reject, withdraw, comment, run, cancel or review one; close one as "
        "unknown, or agree to that. "
        "Exit status: 0 done, 1 refused, 2 usage."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        _add_reading(verbs)
        _add_voting(verbs)
        _add_bringing_on(verbs)
        _add_closing(verbs)

    def handle(self, *_: object, verb: str, **options: Any) -> None:
        if verb == "list":
            self._list(options)
            return
        if verb in CHANGE_ACTIONS:
            proof = who_acts(options)
            change = change_called(options["ref"], seen_by=proof.person)
            act(CHANGE_ACTIONS[verb], change, options, proof)
        self._show(change_called(options["ref"]), as_json=options.get("as_json", False))

    def _list(self, options: dict[str, Any]) -> None:
        now = timezone.now()
        changes = _listed(options)
        if options["as_json"]:
            self.stdout.write(json.dumps([summary(change, now=now) for change in changes], indent=2))
            return
        for change in changes:
            what = f"{kind_of(change).words.name}: {' -> '.join(change.regions)}"
            self.stdout.write(
                f"{change.ref:<8} {change.state:<12} {change.key.name} ({change.key.account.name})  {what}  "
                f"by {change.requester.username}"
            )
        if not changes:
            self.stderr.write("No such changes.")

    def _show(self, change: Change, *, as_json: bool) -> None:
        facts = summary(change, now=timezone.now())
        self.stdout.write(json.dumps(facts, indent=2) if as_json else "\n".join(lines(facts)))


def _listed(options: dict[str, Any]) -> list[Change]:
    found = needing(person_called(options["needs"])) if options["needs"] else Change.objects.all()
    if options["state"]:
        found = found.filter(state=options["state"])
    return list(found.select_related("key__account", "requester").newest_first())


def _add_reading(verbs: Any) -> None:
    listing = verbs.add_parser("list", help="every change, the newest first")
    listing.add_argument("--state", choices=[state.value for state in State])
    listing.add_argument("--needs", metavar="USERNAME", help="only those that this person could bring on now")
    listing.add_argument("--json", action="store_true", dest="as_json", help="as JSON")
    showing = verbs.add_parser(
        "show", help="one change: its plan, its rules, who approved, who is waited for"
    )
    showing.add_argument("ref", metavar="CR-n")
    showing.add_argument("--json", action="store_true", dest="as_json", help="as JSON")


def _add_voting(verbs: Any) -> None:
    approving = _verb(verbs, "approve", "agree to exactly one plan")
    approving.add_argument(
        "--plan",
        dest="plan_sha256",
        required=True,
        metavar="SHA256",
        help="the hash of the plan that was read",
    )
    approving.add_argument("--comment", default="", help="stays with the approval")
    rejecting = _verb(verbs, "reject", "say no, which ends the change")
    rejecting.add_argument("--reason", required=True, help="why; the requester reads it")
    _verb(verbs, "withdraw", "take one's approval back before it runs")
    reviewing = _verb(verbs, "review", "judge an emergency afterwards")
    judged = reviewing.add_mutually_exclusive_group(required=True)
    judged.add_argument("--right", action="store_true", dest="was_right", help="the emergency was one")
    judged.add_argument("--wrong", action="store_false", dest="was_right", help="it was not")
    reviewing.add_argument("--comment", required=True, help="what was found")


def _add_bringing_on(verbs: Any) -> None:
    commenting = _verb(verbs, "comment", "write about a change, which resets nothing")
    commenting.add_argument("--text", required=True)
    running = _verb(verbs, "run", "say that an approved change shall run")
    running.add_argument(
        "--at",
        dest="run_at",
        default="",
        metavar="TIME",
        help="a later time, such as 2026-11-30T18:00 (UTC)",
    )
    cancelling = _verb(verbs, "cancel", "take a change back before it runs")
    cancelling.add_argument("--reason", default="", help="why")


def _add_closing(verbs: Any) -> None:
    closing = _verb(verbs, "close", "ask to close an overdue change as unknown; another person has to agree")
    closing.add_argument("--reason", required=True, help="why nobody can tell what came of it")
    _verb(verbs, "agree", "agree to close a change as unknown, after another person has asked for it")


def _verb(verbs: Any, name: str, explained: str) -> ArgumentParser:
    parser: ArgumentParser = verbs.add_parser(name, help=explained)
    parser.add_argument("ref", metavar="CR-n")
    add_who_acts(parser)
    return parser
