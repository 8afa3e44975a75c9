"""A process of its own that does what a person or a worker does, one verb a line, for the tests of races.

    python -m tests.changes.person_process

Reads JSON from standard input, such as {"verb": "approve", "change": 3, "by": "ben", "now": "2026-…"}, and
writes what came of it: {"refused": ""} or the sentences of the refusal.
"""

from __future__ import annotations

import json
import os
import sys
from datetime import datetime
from typing import Any


def act(verb: str, *, now: datetime, **facts: Any) -> None:
    """Raises Refused."""
    if verb == "request":
        _request(now=now, **facts)
        return
    if verb.endswith("_batch"):
        _batch(verb, now=now, **facts)
        return
    from django.contrib.auth.models import User

    from keyconsole.changes.approvals import decide
    from keyconsole.changes.models import Change
    from tests.changes.approvals.teams import check_everything_that_waits, claim

    change = Change.objects.select_related("key__account", "requester").get(pk=facts["change"])
    by = User.objects.filter(username=facts.get("by", "")).first() or change.requester
    verbs: dict[str, Any] = {
        "approve": lambda: decide.approve(change, by=by, plan_sha256=change.plan_sha256, now=now),
        "reject": lambda: decide.reject(change, by=by, reason="No.", now=now),
        "withdraw": lambda: decide.withdraw(change, by=by, now=now),
        "comment": lambda: decide.comment(change, by=by, text="Seen.", now=now),
        "claim": lambda: claim(change, now=now),
        "check": lambda: check_everything_that_waits(now=now),
    }
    verbs[verb]()


def _request(*, now: datetime, by: str, key: int, token: str) -> None:
    from django.contrib.auth.models import User

    from keyconsole.changes.requests.request import request_move
    from keyconsole.inventory.models import MultiRegionKey

    found = MultiRegionKey.objects.select_related("account").get(pk=key)
    person = User.objects.get(username=by)
    request_move(found, to_region="eu-west-1", by=person, reason="Closer to its users.", token=token, now=now)


def _batch(verb: str, *, now: datetime, by: str, batch: int) -> None:
    from django.contrib.auth.models import User

    from keyconsole.changes.batches import decide as decisions
    from keyconsole.changes.models import Batch

    found, person = Batch.objects.get(pk=batch), User.objects.get(username=by)
    if verb == "approve_batch":
        decisions.approve_batch(found, by=person, plan_sha256=found.plan_sha256, now=now)
    else:
        decisions.cancel_batch(found, by=person, reason="Not now.", now=now)


def main() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    import django

    django.setup()
    from keyconsole.refusals import Refused

    print("ready", flush=True)  # noqa: T201 - the test waits for all of them
    for line in sys.stdin:
        facts = json.loads(line)
        try:
            act(facts.pop("verb"), now=datetime.fromisoformat(facts.pop("now")), **facts)
            answer = {"refused": ""}
        except Refused as refused:
            answer = {"refused": str(refused)}
        print(json.dumps(answer), flush=True)  # noqa: T201 - the test reads it


if __name__ == "__main__":
    main()
