"""How a proposal ends, and what ends it undecided: time, and whatever makes it impossible or disowned."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction

from keyconsole.advisory_lock import Lock, hold
from keyconsole.audit.events import Event
from keyconsole.audit.log import ITSELF
from keyconsole.people.dual_control import notifications
from keyconsole.people.dual_control.kind import is_known, kind_called
from keyconsole.people.dual_control.record import record_proposal
from keyconsole.people.models import AccessProposal, AccessState
from keyconsole.refusal_codes import Code
from keyconsole.refusals import Reason, Refused


def locked(proposal: AccessProposal) -> AccessProposal:
    """As it is now; nobody else decides until this transaction ends."""
    hold(Lock.ACCESS)
    rows = AccessProposal.objects.select_related("proposer").select_for_update(of=("self",))
    return rows.get(pk=proposal.pk)


def close(
    proposal: AccessProposal,
    state: AccessState,
    *,
    outcome: str,
    by: User | None,
    now: datetime,
    comment: str = "",
) -> None:
    """Compare and set: of two who decide at once, one does. Raises Refused for the other."""
    fields = {
        "state": state.value,
        "outcome": outcome,
        "decided_by": by,
        "decided_at": now,
        "comment": comment,
    }
    if AccessProposal.objects.filter(pk=proposal.pk, state=AccessState.PROPOSED).update(**fields) != 1:
        sentence = f"{proposal} was decided on in the meantime. Look at it again."
        raise Refused(Reason(Code.LOST_RACE, sentence))
    for name, value in fields.items():
        setattr(proposal, name, value)


def end_if_over(proposal: AccessProposal, *, now: datetime) -> bool:
    """True where it ended here. In the caller's transaction."""
    if proposal.state != AccessState.PROPOSED or not (found := _over(proposal, now=now)):
        return False
    state, why = found
    close(proposal, state, outcome=why, by=None, now=now)
    data = {"says": proposal.says, "state": state.value, "why": why}
    record_proposal(Event.ACCESS_ENDED, proposal, actor=ITSELF, now=now, data=data)
    notifications.tell_decision(proposal, now=now)
    return True


def look_at_proposals(*, now: datetime) -> None:
    """Those that are over end. A worker's sweep calls it."""
    for proposal in AccessProposal.objects.select_related("proposer").filter(state=AccessState.PROPOSED):
        if _over(proposal, now=now):
            with suppress(Refused), transaction.atomic():
                end_if_over(locked(proposal), now=now)


def _over(proposal: AccessProposal, *, now: datetime) -> tuple[AccessState, str] | None:
    if now >= proposal.expires_at:
        return AccessState.EXPIRED, "was not decided on in time"
    if not is_known(proposal.kind):  # a process of a later version looks after it
        return None
    kind, proposer = kind_called(proposal.kind), proposal.proposer.username
    if problem := kind.problem(proposal.facts):
        return AccessState.STALE, f"cannot be done any more: {problem.rstrip('.')}"
    if proposer not in kind.deciders(proposal.facts):
        return AccessState.STALE, "has nobody behind it: who proposed it may not decide about it any more"
    if proposer in kind.gainers(proposal.facts):
        return AccessState.STALE, "has nobody behind it: who proposed it would gain by it themselves"
    return None
