"""How an edit ends, and what ends it undecided: time, another change of the account, its proposer leaving."""

from __future__ import annotations

from datetime import datetime

from keyconsole.audit.events import Event
from keyconsole.audit.log import ITSELF
from keyconsole.aws_accounts.permissions import can
from keyconsole.aws_accounts.roles import Permission
from keyconsole.policies.account_edits import notifications
from keyconsole.policies.account_edits.described import was_changed
from keyconsole.policies.account_edits.record import record_edit
from keyconsole.policies.models import AccountEdit, EditState
from keyconsole.refusal_codes import Code
from keyconsole.refusals import Reason, Refused


def end_if_over(edit: AccountEdit, *, now: datetime) -> bool:
    """True where it ended here. In the caller's transaction."""
    if edit.state != EditState.PROPOSED or not (found := _over(edit, now=now)):
        return False
    state, why = found
    end(edit, state, why=why, now=now)
    return True


def is_over(edit: AccountEdit, *, now: datetime) -> bool:
    return _over(edit, now=now) is not None


def end(edit: AccountEdit, state: EditState, *, why: str, now: datetime) -> None:
    close(edit, state, outcome=f"{why}.", now=now)
    data = {"state": state.value, "why": why}
    record_edit(Event.ACCOUNT_EDIT_ENDED, edit, actor=ITSELF, now=now, data=data)
    notifications.tell_decision(edit, comment="", now=now)


def _over(edit: AccountEdit, *, now: datetime) -> tuple[EditState, str] | None:
    if now >= edit.expires_at:
        return EditState.EXPIRED, "was not decided on in time"
    if was_changed(edit):
        return EditState.STALE, "was overtaken: the account was changed meanwhile"
    proposer = edit.proposer
    if proposer is None or not can(proposer, Permission.ADMINISTER, edit.account):
        return EditState.STALE, "has nobody behind it: who proposed it no longer administers the account"
    return None


def close(edit: AccountEdit, state: EditState, *, outcome: str, now: datetime) -> None:
    """Compare and set: of two who decide at once, one does. Raises Refused for the other."""
    proposed = AccountEdit.objects.filter(pk=edit.pk, state=EditState.PROPOSED)
    if proposed.update(state=state, decided_at=now, outcome=outcome) != 1:
        sentence = f"{edit} was decided on in the meantime. Look at it again."
        raise Refused(Reason(Code.LOST_RACE, sentence))
    edit.state, edit.decided_at, edit.outcome = state.value, now, outcome
