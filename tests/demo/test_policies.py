"""The demo's policies: each account in its own way, and a past in which every change kept to its rules."""

from __future__ import annotations

from collections import Counter

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from keyconsole.changes.approvals.inbox import needing
from keyconsole.changes.models import Batch, Change, Review
from keyconsole.changes.quorum import quorum_of, rules_of
from keyconsole.changes.requests.break_glass import may_break_glass
from keyconsole.changes.states import State
from keyconsole.demo.pending import TOGETHER
from keyconsole.demo.people import PEOPLE
from keyconsole.inventory.models import MultiRegionKey
from keyconsole.policies.governing.resolve import governing_for
from keyconsole.policies.models import PolicyVersion
from keyconsole.policies.quorum.requirements import Requirement
from keyconsole.policies.schedule.windows import may_run_at
from keyconsole.policies.versions.health import unsatisfiable

pytestmark = pytest.mark.usefixtures("told")
BEFORE_ANY_POLICY = "none"
EVERYBODY = [person.username for person in PEOPLE]


def key_of(account: str) -> MultiRegionKey:
    key = MultiRegionKey.objects.select_related("account").filter(account__name=account).first()
    assert key is not None
    return key


def person(username: str) -> User:
    return User.objects.get(username=username)


@pytest.mark.parametrize(
    ("account", "rule", "needs"),
    [
        ("payments", "approve", (Requirement("platform", 1), Requirement("security", 1))),
        ("research", "confirm", ()),
        ("archive", "confirm", ()),
    ],
)
def test_each_account_has_its_own_rule(account: str, rule: str, needs: tuple[Requirement, ...]):
    held = governing_for(key_of(account), to_region="us-east-1")
    assert held.version is not None
    assert (held.rules.rule, held.rules.requirements) == (rule, needs)
    assert account in held.why


def test_archive_is_frozen_and_says_why():
    held = governing_for(key_of("archive"), to_region="us-east-1")
    assert "retention audit" in " ".join(may_run_at(held.rules, timezone.now()).reasons)


def test_every_policy_can_be_met_by_the_people_who_are_there():
    assert unsatisfiable() == []


def test_ana_is_on_call_for_payments_and_nobody_else_is():
    key = MultiRegionKey.objects.select_related("account").get(alias="alias/refunds")
    for username in ("ana", "ben", "bea", "ada"):
        verdict = may_break_glass(person(username), key, to_region="eu-west-1", now=timezone.now())
        assert verdict.allowed == (username == "ana"), verdict.reasons


def test_one_change_has_bens_approval_and_needs_bea():
    waiting = Change.objects.get(state=State.PENDING, batch=None)
    assert [line.filled_by for line in quorum_of(waiting).lines] == [("ben",), ()]
    assert list(needing(person("bea")).filter(batch=None)) == [waiting]
    for username in ("ana", "ben", "cleo", "dan", "ada"):
        assert not needing(person(username)).filter(batch=None)


def test_three_keys_in_one_request_need_ben_and_bea():
    batch = Batch.objects.get()
    assert [line.key.name for line in batch.changes.order_by("number")] == list(TOGETHER)
    asked = {who for who in EVERYBODY if needing(person(who)).filter(batch=batch)}
    assert asked == {"ben", "bea"}


def test_a_change_of_the_payments_policy_has_beas_agreement_and_needs_ben():
    version = PolicyVersion.objects.get(state="proposed")
    assert str(version) == "payments version 2"
    assert [vote.voter.username for vote in version.votes.all()] == ["bea"]


def test_each_past_change_kept_to_the_rules_that_held_for_it():
    kinds: Counter[str] = Counter()
    for change in Change.objects.closed().select_related("policy_version__policy", "key__account"):
        rules, policy = rules_of(change), str(change.policy_version or BEFORE_ANY_POLICY)
        kinds[policy] += 1
        assert rules.name in {"", change.key.account.name}
        ran = change.state != State.CANCELLED
        if ran and rules.needs_approval and not change.is_emergency:
            # Judged by today's people, who are those of then.
            assert quorum_of(change).met, change.ref
        if not rules.needs_approval:
            assert not change.approvals.exists()
    assert set(kinds) >= {BEFORE_ANY_POLICY, "payments version 1", "research version 1", "archive version 1"}


def test_the_one_emergency_was_reviewed_in_time_by_somebody_else():
    review = Review.objects.select_related("change", "reviewer").get()
    assert review.change.is_emergency
    assert review.reviewer is not None
    assert review.reviewer != review.used_by
    assert review.opened_at < (review.reviewed_at or review.due_at) < review.due_at
