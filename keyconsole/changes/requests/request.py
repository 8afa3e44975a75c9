"""What requesters do with changes: ask, and take back. Approvers' verbs stand in `approving.py`."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.models import User

from keyconsole.audit.events import Event
from keyconsole.audit.given_proof import GivenProof, refuse_stale
from keyconsole.changes import notifications
from keyconsole.changes.approvals.decide import mark_approved
from keyconsole.changes.authorization import may_cancel, may_request
from keyconsole.changes.models import Change, KindName
from keyconsole.changes.present_rules import about_the_words
from keyconsole.changes.quorum import quorum_of
from keyconsole.changes.requests.create import MoveRequest, already_asked, create
from keyconsole.changes.states import State
from keyconsole.changes.transition import move
from keyconsole.inventory.models import MultiRegionKey
from keyconsole.policies.document.rules import Rules
from keyconsole.policies.governing.resolve import governing_for
from keyconsole.refusals import Refused
from keyconsole.text import REASON_AT_MOST, TICKET_AT_MOST, clean_text


def request_move(
    key: MultiRegionKey,
    *,
    to_region: str,
    by: User,
    reason: str,
    token: str,
    now: datetime,
    ticket: str = "",
    via: str = "page",
    proof: GivenProof | None = None,
    run_at: datetime | None = None,
    kind: KindName = KindName.UPDATE_PRIMARY_REGION,
) -> Change:
    """Ask for a change of a key; raises Refused. The same `token` again gives the same change."""
    move_request = MoveRequest(
        key=key,
        to_region=to_region,
        by=by,
        reason=clean_text("reason", reason, REASON_AT_MOST),
        token=token,
        ticket=clean_text("ticket", ticket, TICKET_AT_MOST),
        via=via,
        proof=proof,
        run_at=run_at,
        kind=kind,
    )
    if again := already_asked(move_request):
        return again
    rules = governing_for(key, to_region=to_region).rules
    refuse_words(move_request, rules)
    verdict = may_request(by, key, to_region=to_region, now=now, kind=kind)
    # The other click of a double click may have been stored since.
    if not verdict.allowed and (again := already_asked(move_request)):
        return again
    verdict.or_refuse()
    if not rules.needs_approval:
        refuse_stale(proof)
    return create(move_request, now=now, then=begin)


def cancel(
    change: Change,
    *,
    by: User,
    reason: str,
    now: datetime,
    via: str = "page",
) -> None:
    """Take a change back before it runs; raises Refused."""
    reason = clean_text("reason", reason, REASON_AT_MOST)
    may_cancel(by, change).or_refuse()
    move(
        change,
        to=State.CANCELLED,
        event=Event.CHANGE_CANCELLED,
        actor=by.username,
        now=now,
        data={"reason": reason, "via": via},
        outcome=cancelled_by(by, reason),
    )


def cancelled_by(person: User, reason: str) -> str:
    """How a change ended, as it stands on its page."""
    return f"Cancelled by {person.username}{': ' + reason if reason else ''}"


def refuse_words(move_request: MoveRequest, rules: Rules) -> None:
    """Raises Refused where the reason or the ticket are not what the rules ask for."""
    if reasons := about_the_words(move_request.reason, move_request.ticket, rules):
        raise Refused(*reasons)


def begin(change: Change, *, now: datetime) -> None:
    """One person is enough where the rules only ask for the confirmation; else others are asked."""
    quorum = quorum_of(change)
    if quorum.needs:
        notifications.asked(change, quorum, now=now)
    else:
        mark_approved(change, quorum, actor=quorum.requester, now=now)
