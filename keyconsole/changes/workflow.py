"""What people do with changes. Every verb: decide, write, record, in one transaction."""

from __future__ import annotations

import unicodedata
from datetime import datetime

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.db.models import Max

from keyconsole.audit.events import Event
from keyconsole.changes import tasks
from keyconsole.changes.models import Change
from keyconsole.changes.plan import plan_for, plan_sha256
from keyconsole.changes.policy import may_cancel, may_request
from keyconsole.changes.refusal import Refused
from keyconsole.changes.states import State
from keyconsole.changes.transition import move, note
from keyconsole.inventory.models import MultiRegionKey

REASON_AT_MOST = 2000
TICKET_AT_MOST = 100
# Two people may be given the same next number at the same moment; the loser takes the one after.
NUMBER_ATTEMPTS = 5


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
    enqueue: bool = True,
) -> Change:
    """Ask to make the replica in `to_region` the primary; raises Refused.

    The same `token` again gives the same change: a form sent twice asks once. Until there are policies a
    requester needs nobody else, so the change is approved at once.
    """
    if again := Change.objects.filter(request_token=token, requester=by, key=key).first():
        return again
    reason, ticket = (
        clean_text("reason", reason, REASON_AT_MOST),
        clean_text("ticket", ticket, TICKET_AT_MOST),
    )
    if not reason:
        raise Refused("Say why the primary should move: the reason stays in the record.")
    verdict = may_request(by, key, to_region=to_region, now=now)
    if not verdict.allowed:
        raise Refused(*verdict.reasons)
    for _attempt in range(NUMBER_ATTEMPTS):
        try:
            with transaction.atomic():
                change = _create(
                    key, to_region=to_region, by=by, reason=reason, ticket=ticket, token=token, now=now
                )
                _record_request(change, by=by, via=via, now=now)
                _approve_alone(change, by=by, now=now)
                if enqueue:
                    tasks.execute.enqueue(change.ref)
                return change
        except IntegrityError:
            if again := _rival(key, token=token, by=by):
                return again
    raise Refused("Many others asked for changes at the same moment. Try again.")


def cancel(change: Change, *, by: User, reason: str, now: datetime) -> None:
    """Take a change back before it runs; raises Refused."""
    reason = clean_text("reason", reason, REASON_AT_MOST)
    verdict = may_cancel(by, change)
    if not verdict.allowed:
        raise Refused(*verdict.reasons)
    move(
        change,
        to=State.CANCELLED,
        event=Event.CHANGE_CANCELLED,
        actor=by.username,
        now=now,
        data={"reason": reason},
        outcome=f"Cancelled by {by.username}{': ' + reason if reason else ''}",
    )


def clean_text(name: str, text: str, at_most: int) -> str:
    """One form of the same words, without what could hide or forge lines in a record; raises Refused."""
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n")).strip()
    if len(text) > at_most:
        raise Refused(f"The {name} has {len(text):,} characters; at most {at_most:,} are kept.")
    if any(_is_control(character) for character in text):
        raise Refused(f"The {name} holds control characters. Type it again as plain text.")
    return text


def _is_control(character: str) -> bool:
    # Cf holds the marks that turn the reading direction around; the joiners that scripts and emoji need stay.
    if character in "\n\t\u200c\u200d":
        return False
    return unicodedata.category(character) in {"Cc", "Cf", "Cs", "Zl", "Zp"}


def _create(
    key: MultiRegionKey, *, to_region: str, by: User, reason: str, ticket: str, token: str, now: datetime
) -> Change:
    plan = plan_for(key, to_region=to_region)
    last = Change.objects.aggregate(last=Max("number"))["last"] or 0
    return Change.objects.create(
        number=last + 1,
        key=key,
        from_region=key.primary_region,
        to_region=to_region,
        requester=by,
        reason=reason,
        ticket=ticket,
        request_token=token,
        plan=plan,
        plan_sha256=plan_sha256(plan),
        requested_at=now,
        state_since=now,
    )


def _approve_alone(change: Change, *, by: User, now: datetime) -> None:
    move(
        change,
        to=State.APPROVED,
        event=Event.CHANGE_APPROVED,
        actor=by.username,
        now=now,
        data={"policy": "confirm", "plan_sha256": change.plan_sha256},
    )


def _record_request(change: Change, *, by: User, via: str, now: datetime) -> None:
    data = {
        "reason": change.reason,
        "ticket": change.ticket,
        "via": via,
        "from_region": change.from_region,
        "to_region": change.to_region,
        "plan": change.plan,
        "plan_sha256": change.plan_sha256,
    }
    note(change, Event.CHANGE_REQUESTED, actor=by.username, now=now, data=data)


def _rival(key: MultiRegionKey, *, token: str, by: User) -> Change | None:
    """Who won meanwhile: our own other tab (returned), somebody else (Refused), or only a number (None)."""
    if again := Change.objects.filter(request_token=token, requester=by, key=key).first():
        return again
    if rival := Change.objects.open().filter(key=key).first():
        raise Refused(f"{rival.ref} is already under way for this key.")
    return None
