"""Closing what nobody can tell: an administrator asks to, another person agrees, and the key is free again.

Only a settling change that is overdue, and only while no worker looks at it. It is no claim about AWS: the
sentence that stays says what was known then, and that the rest was not.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.db.models import F

from keyconsole.audit.events import Event
from keyconsole.audit.given_proof import GivenProof, refuse_stale
from keyconsole.changes import notifications
from keyconsole.changes.approvals.decide import PAGE
from keyconsole.changes.authorization import may_agree, may_close
from keyconsole.changes.execution.looks import what_aws_said
from keyconsole.changes.models import Attempt, Change, Closing, Observation
from keyconsole.changes.states import State
from keyconsole.changes.transition import move, record_event
from keyconsole.inventory.models import Sight
from keyconsole.lease import take_idle
from keyconsole.refusal_codes import Code
from keyconsole.refusals import Lost, Reason, Refused
from keyconsole.text import REASON_AT_MOST, clean_text

# Held only within the transaction that ends it.
LEASE = timedelta(seconds=30)


def close(change: Change, *, by: User, reason: str, now: datetime, via: str = PAGE) -> None:
    """Ask to close it as unknown; raises Refused. It stays as it is until another person agrees."""
    reason = clean_text("reason", reason, REASON_AT_MOST)
    try:
        with transaction.atomic():
            _lock(change)
            may_close(by, change).or_refuse()
            if not reason:
                sentence = "Say why nobody can tell what came of it: whoever agrees, and the record, need it."
                raise Refused(Reason(Code.REASON_MISSING, sentence))
            Closing.objects.create(change=change, asked_by=by, reason=reason, asked_at=now)
            data = {"reason": reason, "via": via}
            record_event(change, Event.CHANGE_CLOSE_ASKED, actor=by.username, now=now, data=data)
            notifications.close_asked(change, by=by, now=now)
    except IntegrityError:
        raise Lost(change.ref) from None
    change.refresh_from_db()


def agree(
    change: Change, *, by: User, now: datetime, via: str = PAGE, proof: GivenProof | None = None
) -> None:
    """Be the second person: closes it as unknown; raises Refused, also while a worker looks at it."""
    change.refresh_from_db()
    with transaction.atomic():
        _lock(change)
        may_agree(by, change).or_refuse()
        refuse_stale(proof)
        agreed = Closing.objects.filter(change=change, agreed_at=None).update(agreed_by=by, agreed_at=now)
        if agreed != 1:
            raise Lost(change.ref)
        _hold(change, now=now)
        closing = Closing.objects.select_related("asked_by").get(change=change)
        move(
            change,
            to=State.UNKNOWN,
            event=Event.CHANGE_UNKNOWN,
            actor=by.username,
            now=now,
            data={
                "asked_by": closing.asked_by.username,
                "reason": closing.reason,
                "via": via,
            },
            outcome=_what_was_known(change, closing, by=by, now=now),
        )


def _lock(change: Change) -> None:
    """First its row: whoever else decides about it comes before or after."""
    if Change.objects.filter(pk=change.pk, state=change.state).update(version=F("version") + 1) != 1:
        raise Lost(change.ref)


def _hold(change: Change, *, now: datetime) -> None:
    """Whoever moves what is in flight holds it: a worker that comes late then finds its lease gone."""
    if not take_idle(change, now=now, lasts=LEASE):
        sentence = f"A worker looks at {change.ref} at this moment. Try again in a minute."
        raise Refused(Reason(Code.LOOKED_AT_NOW, sentence))


def _what_was_known(change: Change, closing: Closing, *, by: User, now: datetime) -> str:
    attempt = Attempt.objects.get(change=change)
    return " ".join(
        [
            f"Closed as unknown at {_at(now)}: {closing.asked_by.username} asked for it,",
            f"{by.username} agreed.",
            what_aws_said(attempt),
            _last_look(change),
            "What came of the call was not known.",
            f"The reason: {closing.reason}",
        ]
    )


def _last_look(change: Change) -> str:
    look = list(change.observations.filter(round=change.rounds_taken - 1).order_by("region"))
    if not look:
        return "Nobody had looked."
    return f"The last look, of {_at(look[0].looked_at)}: {', '.join(_shown(one) for one in look)}."


def _shown(seen: Observation) -> str:
    if seen.sight == Sight.GONE:
        return f"the key in {seen.region} was gone"
    if not seen.role:
        return f"nothing was seen in {seen.region} ({seen.problem.rstrip('.')})"
    return f"{seen.region} was {seen.role} and {seen.state}"


def _at(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
