"""One person's verb on what would give power, in a process of its own, when the test says go."""

from __future__ import annotations

import sys
from multiprocessing.connection import Connection

from django.contrib.auth.models import User

from keyconsole.people.dual_control.kinds import join_group
from keyconsole.people.dual_control.propose import agree, propose, reject, withdraw
from keyconsole.people.models import AccessProposal
from keyconsole.refusals import Refused
from tests.cast import NOW


def decide(words: Connection, verb: str, username: str, named: str) -> None:
    """`named`: the proposal, or the group that Dan shall join. Ends with status 1 where it is refused."""
    by = User.objects.get(username=username)
    words.send("ready")
    words.recv()
    try:
        if verb == "propose":
            facts = join_group.facts_of(User.objects.get(username="dan"), named)
            propose(join_group.NAME, facts, by=by, why="Dan joins the team.", now=NOW)
            return
        proposal = AccessProposal.objects.get(number=int(named.removeprefix("AR-")))
        verbs = {
            "agree": lambda: agree(proposal, by=by, sha256=proposal.sha256, now=NOW),
            "reject": lambda: reject(proposal, by=by, reason="No", now=NOW),
            "withdraw": lambda: withdraw(proposal, by=by, now=NOW),
        }
        verbs[verb]()
    except Refused:
        sys.exit(1)
