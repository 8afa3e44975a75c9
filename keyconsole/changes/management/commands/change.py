"""`manage.py change VERB CR-n`: everything that people do with a change, through the pages' own functions."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from keyconsole.changes.approvals.decide import approve, comment, reject, run, withdraw
from keyconsole.changes.approvals.inbox import needing
from keyconsole.changes.cli.arguments import REFUSED, USAGE, acting_person, change_called, from_the_terminal
from keyconsole.changes.cli.summary import lines, summary
from keyconsole.changes.models import Change
from keyconsole.changes.requests.break_glass import review
from keyconsole.changes.requests.request import cancel
from keyconsole.changes.states import State
from keyconsole.refusals import Refused


class Command(BaseCommand):
    help = (
        "List and show changes; approve, reject, withdraw, comment, run, cancel or review one. "
        "Exit status: 0 done, 1 refused, 2 usage."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        _add_reading(verbs)
        _add_voting(verbs)
        _add_bringing_on(verbs)

    def handle(self, *_: object, verb: str, **options: Any) -> None:
        if verb == "list":
            self._list(options)
            return
        change = change_called(options["ref"])
        if verb != "show":
            try:
                _act(verb, change, options)
            except Refused as refused:
                raise CommandError(f"Refused: {refused}", returncode=REFUSED) from None
        self._show(change_called(change.ref), as_json=options.get("as_json", False))

    def _list(self, options: dict[str, Any]) -> None:
        now = timezone.now()
        changes = _listed(options)
        if options["as_json"]:
            self.stdout.write(json.dumps([summary(change, now=now) for change in changes], indent=2))
            return
        for change in changes:
            move = f"{change.from_region} -> {change.to_region}"
            self.stdout.write(
                f"{change.ref:<8} {change.state:<12} {change.key.name} ({change.key.account.name})  {move}  "
                f"by {change.requester.username}"
            )
        if not changes:
            self.stderr.write("No such changes.")

    def _show(self, change: Change, *, as_json: bool) -> None:
        facts = summary(change, now=timezone.now())
        self.stdout.write(json.dumps(facts, indent=2) if as_json else "\n".join(lines(facts)))


def _listed(options: dict[str, Any]) -> list[Change]:
    found = needing(acting_person(options["needs"])) if options["needs"] else Change.objects.all()
    if options["state"]:
        found = found.filter(state=options["state"])
    return list(found.select_related("key__account", "requester").newest_first())


def _act(verb: str, change: Change, options: dict[str, Any]) -> None:
    by, now, via = acting_person(options["username"]), timezone.now(), from_the_terminal()
    if verb == "approve":
        approve(change, by=by, plan_sha256=options["plan"], comment=options["comment"], now=now, via=via)
    elif verb == "reject":
        reject(change, by=by, reason=options["reason"], now=now, via=via)
    elif verb == "withdraw":
        withdraw(change, by=by, now=now, via=via)
    elif verb == "comment":
        comment(change, by=by, text=options["text"], now=now, via=via)
    elif verb == "run":
        run(change, by=by, run_at=_moment(options["at"]), now=now, via=via)
    elif verb == "cancel":
        cancel(change, by=by, reason=options["reason"], now=now, via=via)
    else:
        review(change, by=by, was_right=options["was_right"], comment=options["comment"], now=now, via=via)


def _moment(text: str) -> datetime | None:
    """Without an offset it is UTC."""
    if not text:
        return None
    try:
        moment = parse_datetime(text)
    except ValueError:
        moment = None
    if moment is None:
        raise CommandError(
            f"{text[:40]!r} is not a time. Write 2026-11-30T18:00, which is UTC.", returncode=USAGE
        )
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


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
        "--plan", required=True, metavar="SHA256", help="the hash of the plan that was read"
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
        "--at", default="", metavar="TIME", help="a later time, such as 2026-11-30T18:00 (UTC)"
    )
    cancelling = _verb(verbs, "cancel", "take a change back before it runs")
    cancelling.add_argument("--reason", default="", help="why")


def _verb(verbs: Any, name: str, explained: str) -> ArgumentParser:
    parser: ArgumentParser = verbs.add_parser(name, help=explained)
    parser.add_argument("ref", metavar="CR-n")
    parser.add_argument("--as", dest="username", default="", help="the person who acts (default: login name)")
    return parser
