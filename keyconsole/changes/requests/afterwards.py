"""What a person may do once a change has ended: ask for the same again, or for the move back.

Both are new requests, through the same checks and approvals. Reads, never writes.
"""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.models import User

from keyconsole.changes.authorization import may_request
from keyconsole.changes.models import Change
from keyconsole.changes.states import State, in_words
from keyconsole.refusal_codes import Code
from keyconsole.refusals import Reason, Verdict

# Ended, and what was wanted did not come of it.
ASKED_AGAIN = frozenset({State.STALE, State.REJECTED, State.NOT_APPLIED, State.EXPIRED})


def may_ask_again(person: User, change: Change, *, now: datetime) -> Verdict:
    if change.state not in ASKED_AGAIN:
        sentence = f"{change.ref} is {in_words(change.state)}: there is nothing to ask for again."
        return Verdict((Reason(Code.NOTHING_TO_ASK_AGAIN, sentence),))
    return may_request(person, change.key, to_region=change.to_region, now=now)


def may_put_back(person: User, change: Change, *, now: datetime) -> Verdict:
    """A line of a batch is put back with its batch."""
    if why_not := _why_nothing_is_put_back(change):
        return Verdict((Reason(Code.NOTHING_TO_PUT_BACK, why_not),))
    return may_request(person, change.key, to_region=change.from_region, now=now)


def reason_back(change: Change) -> str:
    return f"Put back what {change.ref} moved."


def moved_since(change: Change) -> Change | None:
    """The first change that moved the primary of the same key after this one had ended."""
    if change.closed_at is None:
        return None
    later = Change.objects.filter(
        key=change.key_id, kind=change.kind, state=State.DONE, closed_at__gt=change.closed_at
    )
    return later.order_by("closed_at").first()


def _why_nothing_is_put_back(change: Change) -> str:
    if change.state != State.DONE:
        return f"{change.ref} has moved nothing that could be put back."
    if change.batch:
        return f"{change.ref} is part of {change.batch.ref}, which is put back as a whole."
    if change.key.primary_region != change.to_region:
        return f"{change.to_region} no longer is the primary."
    return ""
