"""One person's verb on a proposed version, in a process of its own, when the test says go."""

from __future__ import annotations

import sys
from multiprocessing.connection import Connection

from django.contrib.auth.models import User
from django.utils import timezone

from keyconsole.policies.models import PolicyVersion
from keyconsole.policies.versions.propose import agree, reject, withdraw
from keyconsole.refusals import Refused


def decide(words: Connection, verb: str, name: str, username: str) -> None:
    """Ends with status 1 where it is refused."""
    version = PolicyVersion.objects.select_related("policy", "proposer").get(
        policy__name=name, state="proposed"
    )
    by, now = User.objects.get(username=username), timezone.now()
    verbs = {
        "agree": lambda: agree(version, by=by, sha256=version.sha256, now=now),
        "reject": lambda: reject(version, by=by, reason="No", now=now),
        "withdraw": lambda: withdraw(version, by=by, now=now),
    }
    words.send("ready")
    words.recv()
    try:
        verbs[verb]()
    except Refused:
        sys.exit(1)
