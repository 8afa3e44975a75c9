from __future__ import annotations

import pytest

from keyconsole.policies.versions import notifications
from keyconsole.policies.versions.propose import agree, propose, reject
from tests.cast import NOW
from tests.policies.documents import TWO_GROUPS, apply_rules, confirm, rules

PAYMENTS = {"accounts": ["111122223333"]}


@pytest.fixture
def told(monkeypatch):
    """Topic, subject and people of each announcement."""
    said = []

    def listen(topic, *, subject, people, **_):
        said.append((topic.value, subject, sorted(person.username for person in people)))

    monkeypatch.setattr(notifications, "announce", listen)
    return said


@pytest.fixture
def proposed(cast, inventory, groups, told):
    apply_rules(rules(applies_to=PAYMENTS, requirements=TWO_GROUPS), by="terminal:root", why="x", now=NOW)
    return propose(confirm(applies_to=PAYMENTS), name="payments", by=cast.ada, why="x", now=NOW)


def test_who_has_to_agree_hears_of_a_proposal(proposed, told):
    subject = "payments version 2 waits for your agreement (weaker rules)"
    assert told == [("policy.needs_you", subject, ["bea", "ben"])]


def test_who_proposed_and_who_voted_hear_that_it_holds(cast, proposed, told):
    agree(proposed, by=cast.ben, sha256=proposed.sha256, now=NOW)
    agree(proposed, by=cast.bea, sha256=proposed.sha256, now=NOW)
    decided = ("policy.decided", "payments version 2 holds from now on", ["ada", "bea", "ben"])
    assert told[1:] == [decided]


def test_they_hear_of_a_rejection_as_well(cast, proposed, told):
    reject(proposed, by=cast.ben, reason="No", now=NOW)
    assert told[1:] == [("policy.decided", "payments version 2 was rejected by ben", ["ada", "ben"])]
