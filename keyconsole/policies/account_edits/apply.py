"""Making an edit that everybody agreed to who is asked, and what time does to those that wait."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

from django.db import transaction

from keyconsole.audit.events import Event
from keyconsole.audit.log import ITSELF
from keyconsole.aws_accounts.connection_test import request_test
from keyconsole.aws_accounts.register import Origin, change_account
from keyconsole.policies.account_edits import notifications
from keyconsole.policies.account_edits.decided_alone import decided_alone
from keyconsole.policies.account_edits.end import close, end, end_if_over, is_over
from keyconsole.policies.account_edits.record import record_edit
from keyconsole.policies.models import AccountEdit, EditState
from keyconsole.policies.versions.activate import refuse_beside_unread
from keyconsole.policies.versions.votes import tallies, votes_that_count
from keyconsole.refusals import Invalid, Refused


def apply_if_agreed(edit: AccountEdit, *, actor: str, now: datetime) -> bool:
    """In the caller's transaction, who holds the account's row. True where it was made."""
    if edit.proposer is None or not _is_agreed(edit):
        return False
    refuse_beside_unread()
    by, agreed_by = edit.proposer.username, sorted(votes_that_count(edit))
    try:
        change_account(edit.account, origin=Origin.PAGE, by=by, now=now, agreed_by=agreed_by, **edit.after)
    except Invalid as invalid:
        why = f"cannot be made any more: {' '.join(invalid.problems.values())}"
        end(edit, EditState.STALE, why=why.rstrip("."), now=now)
        return False
    close(edit, EditState.APPLIED, outcome="was made", now=now)
    data = {"agreed_by": agreed_by, "changes": edit.after}
    record_edit(Event.ACCOUNT_EDIT_APPLIED, edit, actor=actor, now=now, data=data)
    notifications.tell_decision(edit, comment="", now=now)
    request_test(edit.account, by=by, now=now)
    return True


def look_at_edits(*, now: datetime) -> None:
    """Those that are over end, and those whose missing people came back after their vote are made."""
    waiting = AccountEdit.objects.select_related("account", "proposer").filter(state=EditState.PROPOSED)
    for edit in waiting:
        # Asking anew reads every key of the account, under the lock of whoever decides.
        if not is_over(edit, now=now) and not _is_agreed(edit):
            continue
        with suppress(Refused), transaction.atomic():
            fresh = decided_alone(edit)
            if fresh.state == EditState.PROPOSED and not end_if_over(fresh, now=now):
                apply_if_agreed(fresh, actor=ITSELF, now=now)


def _is_agreed(edit: AccountEdit) -> bool:
    found = tallies(edit)
    return bool(found) and all(tally.met for tally in found)
