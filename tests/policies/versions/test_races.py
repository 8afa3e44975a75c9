"""Real processes at one proposed version at the same moment: votes are never lost, one decision holds."""

from __future__ import annotations

import pytest

from keyconsole.audit.models import Entry
from keyconsole.policies.models import PolicyVersion
from keyconsole.policies.versions.propose import propose
from tests.cast import NOW
from tests.policies import agreeing_process
from tests.policies.documents import TWO_GROUPS, apply_rules, confirm, rules
from tests.processes import rivals

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.processes]
PAYMENTS = {"accounts": ["111122223333"]}


@pytest.fixture
def proposed(cast, inventory, groups):
    apply_rules(rules(applies_to=PAYMENTS, requirements=TWO_GROUPS), by="terminal:root", why="x", now=NOW)
    return propose(confirm(applies_to=PAYMENTS), name="payments", by=cast.ada, why="x", now=NOW)


def at_once(*verbs):
    """How each process ended: 0 done, 1 refused."""
    with rivals(*((agreeing_process.decide, *verb) for verb in verbs)) as processes:
        for process in processes:
            process.say("go")
        return [process.wait() for process in processes]


def count(event):
    return Entry.objects.filter(event=event).count()


def test_two_who_agree_at_once_are_both_counted(proposed):
    assert at_once(("agree", "payments", "ben"), ("agree", "payments", "bea")) == [0, 0]
    proposed.refresh_from_db()
    assert proposed.state == "active"
    assert (count("policy.agreed"), count("policy.activated")) == (2, 1)
    assert PolicyVersion.objects.filter(policy__name="payments", state="active").count() == 1


def test_the_same_person_in_many_tabs_votes_once(proposed):
    ended = at_once(*[("agree", "payments", "ben")] * 4)
    assert sorted(ended) == [0, 1, 1, 1]
    assert proposed.votes.count() == count("policy.agreed") == 1


def test_of_agreeing_rejecting_and_withdrawing_at_once_one_ends_it(proposed):
    at_once(("agree", "payments", "ben"))
    at_once(("agree", "payments", "bea"), ("reject", "payments", "bea"), ("withdraw", "payments", "ada"))
    ends = [count(f"policy.{end}") for end in ("activated", "rejected", "withdrawn")]
    assert sum(ends) == 1
    proposed.refresh_from_db()
    assert proposed.state == ["active", "rejected", "withdrawn"][ends.index(1)]
