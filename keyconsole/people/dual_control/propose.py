"""What gives power is proposed by one person and done when another agrees, by the hash of what they read.

One rejection ends it. Who would gain by it decides nothing about it.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Max

from keyconsole.advisory_lock import Lock, hold
from keyconsole.audit.canonical import sha256_of
from keyconsole.audit.events import Event
from keyconsole.audit.given_proof import GivenProof, refuse_stale
from keyconsole.people.agreed_hash import refuse_another_hash
from keyconsole.people.dual_control import notifications
from keyconsole.people.dual_control.end import close, end_if_over, locked
from keyconsole.people.dual_control.kind import Decision, Facts, Kind, kind_called
from keyconsole.people.dual_control.may import (
    could_agree,
    may_act_without_a_second,
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
ALONE = "was done by one alone: there never was a second who could have agreed"


def propose(
    kind_name: str,
    facts: Facts,
    *,
    by: User,
    why: str,
    now: datetime,
    via: str = "page",
    proof: GivenProof | None = None,
) -> AccessProposal:
    """Raises Refused; then nothing is stored. Done at once where one alone may (see `alone`)."""
    kind = kind_called(kind_name)
    why = clean_why(why, needed="Say why: who agrees reads it.")
    with transaction.atomic():
        hold(Lock.ACCESS)
        may_propose(by, kind, facts, now=now).or_refuse()
        refuse_stale(proof)
        _refuse_beside_the_same(kind, facts, now=now)
        able = could_agree(kind, facts, proposer=by.username)
        if not able:
            may_act_without_a_second(by, kind, facts).or_refuse()
        proposal = _stored(kind, facts, by=by, why=why, now=now)
        data = {"says": proposal.says, "facts": dict(facts), "why": why, "via": via}
        record_proposal(Event.ACCESS_PROPOSED, proposal, actor=by.username, now=now, data=data)
        if able:
            notifications.ask(proposal, able=able, now=now)
        else:
            close(proposal, AccessState.APPLIED, outcome=ALONE, by=None, now=now)
            _apply(kind, proposal, agreed_by="", now=now)
    return proposal


def agree(
    proposal: AccessProposal,
    *,
    by: User,
    sha256: str,
    now: datetime,
    comment: str = "",
    via: str = "page",
    proof: GivenProof | None = None,
) -> None:
    """Agree to exactly this, and it is done. Raises Refused.

    What is over ends here, and stays ended although the vote is refused.
    """
    comment = clean_comment(comment)
    with transaction.atomic():
        fresh = locked(proposal)
        ended = end_if_over(fresh, now=now)
        if not ended:
            _agree(fresh, by=by, sha256=sha256, comment=comment, now=now, via=via, proof=proof)
    proposal.refresh_from_db()
    if ended:
        raise Refused(Reason(Code.STALE, f"{proposal} {proposal.outcome}."))


def reject(
    proposal: AccessProposal,
    *,
    by: User,
    reason: str,
    now: datetime,
    via: str = "page",
) -> None:
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


def _agree(
    proposal: AccessProposal,
    *,
    by: User,
    sha256: str,
    comment: str,
    now: datetime,
    via: str,
    proof: GivenProof | None,
) -> None:
    may_agree(by, proposal).or_refuse()
    refuse_stale(proof)
    refuse_another_hash(proposal, sha256)
    outcome = f"was agreed to by {by.username}"
    close(proposal, AccessState.APPLIED, outcome=outcome, by=by, comment=comment, now=now)
    data = {"says": proposal.says, "comment": comment, "via": via}
    record_proposal(Event.ACCESS_AGREED, proposal, actor=by.username, now=now, data=data)
    _apply(kind_called(proposal.kind), proposal, agreed_by=by.username, now=now)


def _refuse_beside_the_same(kind: Kind, facts: Facts, *, now: datetime) -> None:
    same = AccessProposal.objects.select_related("proposer").filter(
        state=AccessState.PROPOSED, sha256=_sha256(kind, facts)
    )
    waiting = same.first()
    if waiting and not end_if_over(waiting, now=now):
        sentence = f"{waiting} proposes the same already, and waits for another to agree."
        raise Refused(Reason(Code.PROPOSAL_WAITING, sentence))


def _sha256(kind: Kind, facts: Facts) -> str:
    return sha256_of({"kind": kind.name, "facts": dict(facts)})


def _stored(kind: Kind, facts: Facts, *, by: User, why: str, now: datetime) -> AccessProposal:
    last = AccessProposal.objects.aggregate(last=Max("number"))["last"] or 0
    return AccessProposal.objects.create(
        number=last + 1,
        kind=kind.name,
        facts=dict(facts),
        says=kind.says(facts),
        sha256=_sha256(kind, facts),
        subject=kind.subject(facts),
        account_id=kind.account_id(facts),
        why=why,
        proposer=by,
        proposed_at=now,
        expires_at=min(filter(None, [now + PROPOSAL_LIVES, kind.until(facts)])),
    )


def _apply(kind: Kind, proposal: AccessProposal, *, agreed_by: str, now: datetime) -> None:
    by = proposal.proposer.username
    decision = Decision(by=by, agreed_by=agreed_by, now=now, ref=proposal.ref, sha256=proposal.sha256)
    kind.apply(proposal.facts, decision)
    data = {"says": proposal.says, "proposed_by": by, "agreed_by": agreed_by or "nobody: there is no second"}
    record_proposal(Event.ACCESS_APPLIED, proposal, actor=agreed_by or by, now=now, data=data)
    notifications.tell_decision(proposal, now=now)
    notifications.tell_administrators(proposal, agreed_by=agreed_by, now=now)
