"""`manage.py account_edit list|show|agree|reject|withdraw`: the same verbs as an account's page.

What is proposed on a page is decided here too; `change_account` changes an account at once, and alone.
Ends with 0 done, 1 refused, 2 usage.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.contrib.auth.models import User
from django.core.management.base import CommandError

from keyconsole.aws_accounts.terminal import account_called
from keyconsole.people.deciding_command import DecidingCommand, Vote
from keyconsole.policies.account_edits.notifications import told_voters
from keyconsole.policies.account_edits.propose import agree, reject, withdraw
from keyconsole.policies.cli import tally_lines
from keyconsole.policies.models import AccountEdit, EditState
from keyconsole.policies.versions.votes import tallies


class Command(DecidingCommand[AccountEdit]):
    help = "Proposed edits of how AWS accounts are entered: those whom the rules of their keys ask agree."
    metavar, metavar_help = "ACCOUNT", "the account's number or name"
    list_help, show_help = "every edit that waits", "what an edit changes, and who has to agree"

    def listed(self) -> str:
        waiting = AccountEdit.objects.filter(state=EditState.PROPOSED).select_related("account", "proposer")
        return "\n".join(map(_first_line, waiting)) or "No edit of an account waits."

    def shown(self, named: str) -> str:
        return "\n".join(_lines(_waiting(named)))

    def waiting(self, named: str, *, seen_by: User) -> AccountEdit:
        return _waiting(named, seen_by=seen_by)

    def agreed(self, proposal: AccountEdit, vote: Vote, *, sha256: str, comment: str) -> str:
        made = agree(
            proposal, by=vote.by, sha256=sha256, comment=comment, now=vote.now, via=vote.via, proof=vote.proof
        )
        return f"{proposal} is made." if made else "\n".join(_lines(proposal))

    def rejected(self, proposal: AccountEdit, vote: Vote, *, reason: str) -> None:
        reject(proposal, by=vote.by, reason=reason, now=vote.now, via=vote.via, proof=vote.proof)

    def withdrawn(self, proposal: AccountEdit, vote: Vote) -> None:
        withdraw(proposal, by=vote.by, now=vote.now, via=vote.via)


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
