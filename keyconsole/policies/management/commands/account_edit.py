"""`manage.py account_edit list|show|agree|reject|withdraw`: the same verbs as an account's page.

What is proposed on a page is decided here too; `change_account` changes an account at once, and alone.
Ends with 0 done, 1 refused, 2 usage.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from keyconsole.aws_accounts.terminal import account_called
from keyconsole.people.at_terminal import add_who_acts, who_acts
from keyconsole.policies.account_edits.notifications import told_voters
from keyconsole.policies.account_edits.propose import agree, reject, withdraw
from keyconsole.policies.cli import tally_lines
from keyconsole.policies.models import AccountEdit, EditState
from keyconsole.policies.versions.votes import tallies
from keyconsole.refusals import Refused


class Command(BaseCommand):
    help = "Proposed edits of how AWS accounts are entered: those whom the rules of their keys ask agree."

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
        verbs.add_parser("list", help="every edit that waits")
        show = verbs.add_parser("show", help="what an edit changes, and who has to agree")
        yes = verbs.add_parser("agree", help="agree to what is proposed, by its hash")
        yes.add_argument("--sha256", required=True, help="the hash of what you read, as `show` prints it")
        yes.add_argument("--comment", default="")
        no = verbs.add_parser("reject", help="end a proposal; `--why` says why")
        no.add_argument("--why", required=True, help="the reason; it stays in the record")
        back = verbs.add_parser("withdraw", help="take a proposal back")
        for about in (show, yes, no, back):
            about.add_argument("account", metavar="ACCOUNT", help="the account's number or name")
        for personal in (yes, no, back):
            add_who_acts(personal)

    def handle(self, *_: object, verb: str, **options: Any) -> None:
        try:
            getattr(self, f"_{verb}")(options)
        except Refused as no:
            raise CommandError(f"Refused: {no}", returncode=1) from None

    def _list(self, _options: dict[str, Any]) -> None:
        waiting = AccountEdit.objects.filter(state=EditState.PROPOSED).select_related("account", "proposer")
        self.stdout.write("\n".join(map(_first_line, waiting)) or "No edit of an account waits.")

    def _show(self, options: dict[str, Any]) -> None:
        self.stdout.write("\n".join(_lines(_waiting(options["account"]))))

    def _agree(self, options: dict[str, Any]) -> None:
        proof = who_acts(options)
        edit = _waiting(options["account"], seen_by=proof.person)
        made = agree(
            edit,
            by=proof.person,
            sha256=options["sha256"].strip().lower(),
            comment=options["comment"],
            now=timezone.now(),
            via=proof.via,
            proof=proof.given,
        )
        self.stdout.write(f"{edit} is made." if made else "\n".join(_lines(edit)))

    def _reject(self, options: dict[str, Any]) -> None:
        proof = who_acts(options)
        edit = _waiting(options["account"], seen_by=proof.person)
        reject(
            edit, by=proof.person, reason=options["why"], now=timezone.now(), via=proof.via, proof=proof.given
        )
        self.stdout.write(f"{edit} is rejected.")

    def _withdraw(self, options: dict[str, Any]) -> None:
        proof = who_acts(options)
        edit = _waiting(options["account"], seen_by=proof.person)
        withdraw(edit, by=proof.person, now=timezone.now(), via=proof.via, proof=proof.given)
        self.stdout.write(f"{edit} is withdrawn.")


def _waiting(name: str, *, seen_by: User | None = None) -> AccountEdit:
    """For a person who acts, an account that they may not see is not there; the operator reads everything."""
    account = account_called(name, seen_by=seen_by)
    waiting = account.edits.filter(state=EditState.PROPOSED).select_related("account", "proposer").first()
    if waiting is None:
        raise CommandError(f"No edit of {account.name} waits.", returncode=1)
    return waiting


def _first_line(edit: AccountEdit) -> str:
    who = edit.proposer.username if edit.proposer else "somebody"
    return f"{edit}: {edit.state}, by {who} at {edit.proposed_at:%Y-%m-%d %H:%M} UTC: {edit.why}"


def _lines(edit: AccountEdit) -> Iterator[str]:
    yield _first_line(edit)
    yield f"sha256 {edit.sha256}"
    if edit.outcome:
        yield f"it {edit.outcome}"
    for name, value in edit.after.items():
        yield f"{name.replace('_', ' ')}: {edit.before[name] or 'empty'}, then {value or 'empty'}"
    if edit.state == EditState.PROPOSED:
        yield f"expires at {edit.expires_at:%Y-%m-%d %H:%M} UTC"
        asked = tallies(edit)
        yield from (line for tally in asked for line in tally_lines(tally))
        yield from told_voters(edit, asked)
