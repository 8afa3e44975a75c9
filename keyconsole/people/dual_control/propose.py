"""What gives power is proposed by one person and done when another agrees, by the hash of what they read.

One rejection ends it. Who would gain by it decides nothing about it.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.db.models import Max

from keyconsole.audit.chain import sha256_of
from keyconsole.audit.events import Event
from keyconsole.people.dual_control import notifications
from keyconsole.people.dual_control.alone import may_act_alone
from keyconsole.people.dual_control.end import close, end_if_over, locked
from keyconsole.people.dual_control.kind import Decision, Facts, Kind, kind_called
from keyconsole.people.dual_control.may import (
    could_agree,
    may_agree,
    may_propose,
    may_reject,
    may_withdraw,
)
from keyconsole.people.dual_control.record import record_proposal
from keyconsole.people.models import AccessProposal, AccessState
from keyconsole.refusal_codes import Code
from keyconsole.refusals import Reason, Refused
from keyconsole.text import clean_comment, clean_why

PROPOSAL_LIVES = timedelta(days=7)
ALONE = "was done by one alone: there never was a second administrator of every account"


def propose(
    kind_name: str, facts: Facts, *, by: User, why: str, now: datetime, via: str = "page"
) -> AccessProposal:
    """Raises Refused; then nothing is stored. Done at once where one alone may (see `alone`)."""
    kind = kind_called(kind_name)
    why = clean_why(why, needed="Say why: who agrees reads it.")
    may_propose(by, kind, facts).or_refuse()
    alone = not could_agree(kind, facts, proposer=by.username)
    if alone and not may_act_alone(by):
        sentence = (
            f"Nobody but you could agree to this: {kind.says(facts)}. The server's terminal is the way."
        )
        raise Refused(Reason(Code.NOBODY_COULD_APPROVE, sentence))
    try:
        with transaction.atomic():
            proposal = _stored(kind, facts, by=by, why=why, now=now)
            data = {"says": proposal.says, "facts": dict(facts), "why": why, "via": via}
            record_proposal(Event.ACCESS_PROPOSED, proposal, actor=by.username, now=now, data=data)
            if alone:
                close(proposal, AccessState.APPLIED, outcome=ALONE, by=None, now=now)
                _apply(kind, proposal, agreed_by="", now=now)
            else:
                notifications.ask(proposal, able=could_agree(kind, facts, proposer=by.username), now=now)
    except IntegrityError:
        sentence = "The same is proposed already, or was at this moment. Look at what waits."
        raise Refused(Reason(Code.PROPOSAL_WAITING, sentence)) from None
    return proposal


def agree(
    proposal: AccessProposal, *, by: User, sha256: str, now: datetime, comment: str = "", via: str = "page"
) -> None:
    """Agree to exactly this, and it is done. Raises Refused."""
    comment = clean_comment(comment)
    refuse_if_over(proposal, now=now)
    with transaction.atomic():
        fresh = locked(proposal)
        may_agree(by, fresh).or_refuse()
        if sha256 != fresh.sha256:
            sentence = f"{fresh} says something else than what you read: its hash is {fresh.sha256}."
            raise Refused(Reason(Code.PLAN_CHANGED, sentence))
        close(
            fresh,
            AccessState.APPLIED,
            outcome=f"was agreed to by {by.username}",
            by=by,
            comment=comment,
            now=now,
        )
        data = {"says": fresh.says, "comment": comment, "via": via}
        record_proposal(Event.ACCESS_AGREED, fresh, actor=by.username, now=now, data=data)
        _apply(kind_called(fresh.kind), fresh, agreed_by=by.username, now=now)
    proposal.refresh_from_db()


def reject(proposal: AccessProposal, *, by: User, reason: str, now: datetime, via: str = "page") -> None:
    """Raises Refused."""
    reason = clean_why(reason, needed="Say why you reject it: who proposed it reads that.")
    with transaction.atomic():
        fresh = locked(proposal)
        may_reject(by, fresh).or_refuse()
        outcome = f"was rejected by {by.username}"
        close(fresh, AccessState.REJECTED, outcome=outcome, by=by, comment=reason, now=now)
        data = {"says": fresh.says, "reason": reason, "via": via}
        record_proposal(Event.ACCESS_REJECTED, fresh, actor=by.username, now=now, data=data)
        notifications.tell_decision(fresh, now=now)
    proposal.refresh_from_db()


def withdraw(proposal: AccessProposal, *, by: User, now: datetime, via: str = "page") -> None:
    """Raises Refused."""
    with transaction.atomic():
        fresh = locked(proposal)
        may_withdraw(by, fresh).or_refuse()
        close(fresh, AccessState.WITHDRAWN, outcome=f"was withdrawn by {by.username}", by=None, now=now)
        data = {"says": fresh.says, "via": via}
        record_proposal(Event.ACCESS_WITHDRAWN, fresh, actor=by.username, now=now, data=data)
        notifications.tell_decision(fresh, now=now)
    proposal.refresh_from_db()


def refuse_if_over(proposal: AccessProposal, *, now: datetime) -> None:
    """In a transaction of its own: it stays ended although the vote is refused."""
    with transaction.atomic():
        fresh = locked(proposal)
        ended = end_if_over(fresh, now=now)
    if ended:
        proposal.refresh_from_db()
        raise Refused(Reason(Code.STALE, f"{fresh} {fresh.outcome}."))


def _stored(kind: Kind, facts: Facts, *, by: User, why: str, now: datetime) -> AccessProposal:
    last = AccessProposal.objects.aggregate(last=Max("number"))["last"] or 0
    return AccessProposal.objects.create(
        number=last + 1,
        kind=kind.name,
        facts=dict(facts),
        says=kind.says(facts),
        sha256=sha256_of({"kind": kind.name, "facts": dict(facts)}),
        subject=kind.subject(facts),
        account_id=kind.account_id(facts),
        why=why,
        proposer=by,
        proposed_at=now,
        expires_at=now + PROPOSAL_LIVES,
    )


def _apply(kind: Kind, proposal: AccessProposal, *, agreed_by: str, now: datetime) -> None:
    by = proposal.proposer.username
    kind.apply(proposal.facts, Decision(by=by, agreed_by=agreed_by, now=now))
    data = {"says": proposal.says, "proposed_by": by, "agreed_by": agreed_by or "nobody: there is no second"}
    record_proposal(Event.ACCESS_APPLIED, proposal, actor=agreed_by or by, now=now, data=data)
    notifications.tell_decision(proposal, now=now)
    notifications.tell_administrators(
        proposal.says, account_id=proposal.account_id, by=by, agreed_by=agreed_by, now=now
    )
