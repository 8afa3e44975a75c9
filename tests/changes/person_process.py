"""A process of its own that does what a person or a worker does, one verb at a time, for the tests of races.

It hears facts such as {"verb": "approve", "change": 3, "by": "ben", "now": …}, and says what came of it: the
sentences of the refusal, or nothing.
"""

from __future__ import annotations

import time
from datetime import datetime
from multiprocessing.connection import Connection
from typing import Any

from django.contrib.auth.models import User

from keyconsole.changes.approvals import decide
from keyconsole.changes.batches import decide as decisions
from keyconsole.changes.execution import close, settle
from keyconsole.changes.models import Batch, Change
from keyconsole.changes.requests.break_glass import break_glass
from keyconsole.changes.requests.create import MoveRequest
from keyconsole.changes.requests.request import request_move
from keyconsole.inventory.models import MultiRegionKey
from keyconsole.lease import give_back, refuse_without_lease, take
from keyconsole.refusals import Lost, Refused
from tests.changes.approvals.teams import check_everything_that_waits, claim


def obey(words: Connection) -> None:
    words.send("ready")
    while True:
        try:
            facts = words.recv()
        except EOFError:
            return
        try:
            act(facts.pop("verb"), **facts)
        except Refused as refused:
            words.send(str(refused))
        else:
            words.send("")


def act(verb: str, *, now: datetime, **facts: Any) -> None:
    """Raises Refused."""
    if verb in {"request", "break_glass"}:
        {"request": _request, "break_glass": _break_glass}[verb](now=now, **facts)
        return
    if verb.endswith("_batch"):
        _batch(verb, now=now, **facts)
        return
    change = Change.objects.select_related("key__account", "requester").get(pk=facts["change"])
    by = User.objects.filter(username=facts.get("by", "")).first() or change.requester
    verbs: dict[str, Any] = {
        "approve": lambda: decide.approve(change, by=by, plan_sha256=change.plan_sha256, now=now),
        "reject": lambda: decide.reject(change, by=by, reason="No.", now=now),
        "withdraw": lambda: decide.withdraw(change, by=by, now=now),
        "comment": lambda: decide.comment(change, by=by, text="Seen.", now=now),
        "close": lambda: close.close(change, by=by, reason="Nobody can tell.", now=now),
        "agree": lambda: close.agree(change, by=by, now=now),
        "look": lambda: look(change, now=now),
        "claim": lambda: claim(change, now=now),
        "check": lambda: check_everything_that_waits(now=now),
    }
    verbs[verb]()


def look(change: Change, *, now: datetime) -> None:
    """As a worker that finds out nothing: it holds the change, writes about it, and gives it back."""
    if not take(change, now=now, lasts=settle.LEASE):
        raise Lost(change.ref)
    time.sleep(0.05)
    refuse_without_lease(change)
    give_back(change, due_at=now)


def _request(*, now: datetime, by: str, key: int, token: str) -> None:
    found = MultiRegionKey.objects.select_related("account").get(pk=key)
    person = User.objects.get(username=by)
    request_move(found, to_region="eu-west-1", by=person, reason="Closer to its users.", token=token, now=now)


def _break_glass(*, now: datetime, by: str, key: int, token: str) -> None:
    found = MultiRegionKey.objects.select_related("account").get(pk=key)
    wish = MoveRequest(
        key=found,
        to_region="eu-west-1",
        by=User.objects.get(username=by),
        reason="It has to leave us-east-1 within the hour.",
        token=token,
    )
    break_glass(wish, reauthenticated_at=now, now=now)


def _batch(verb: str, *, now: datetime, by: str, batch: int) -> None:
    found, person = Batch.objects.get(pk=batch), User.objects.get(username=by)
    if verb == "approve_batch":
        decisions.approve_batch(found, by=person, plan_sha256=found.plan_sha256, now=now)
    else:
        decisions.cancel_batch(found, by=person, reason="Not now.", now=now)
