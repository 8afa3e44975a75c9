"""What waits is held to two sets of rules: those of the day of its request, and those of today."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import timedelta

import pytest

from keyconsole.audit.models import Entry
from keyconsole.changes.approvals.decide import approve, run
from keyconsole.changes.approvals.run_gate import RunDecision, gate
from keyconsole.changes.models import Change
from keyconsole.changes.quorum import quorum_of, quorums_of
from keyconsole.changes.requests.break_glass import break_glass
from keyconsole.changes.requests.create import MoveRequest
from keyconsole.changes.requests.request import request_move
from keyconsole.inventory.models import RegionKey
from keyconsole.notifications.models import Delivery
from keyconsole.policies.document.parts import Span
from keyconsole.policies.document.rules import Rule, Rules, Runs, Selector, Window
from keyconsole.policies.models import PolicyVersion
from keyconsole.policies.quorum.requirements import Requirement
from keyconsole.refusals import Lost, Refused
from tests.cast import NOW, hold
from tests.changes.approvals.teams import (
    ONE_OF_EACH,
    agree,
    check_everything_that_waits,
    claim,
    give,
    hold_for_payments,
    join,
)

pytestmark = pytest.mark.django_db
ONE, TWO = (Requirement("", 1),), (Requirement("", 2),)
LATER = NOW + timedelta(minutes=10)


@pytest.fixture
def ask(inventory, cast):
    def request(**over):
        wish = {"to_region": "eu-west-1", "by": cast.ana, "reason": "Closer to its users.", "now": NOW}
        return request_move(inventory.card_vault, **{**wish, "token": uuid.uuid4().hex, **over})

    return request


def again(change):
    return Change.objects.select_related("key__account", "requester", "batch").get(pk=change.pk)


@pytest.mark.parametrize(
    ("over", "words"),
    [
        ({"frozen": "Audit week."}, "The policy payments is frozen: Audit week."),
        ({"freezes": (Span(NOW, NOW + timedelta(days=1), "Release."),)}, "frozen until 2026-11-24 12:00"),
        (
            {"windows": (Window(("sun",), "01:00", "02:00", "UTC"),)},
            "No change window of the policy payments",
        ),
        ({"allowed_regions": ("us-west-2",)}, "Today's rules stand against it. The policy payments allows"),
        ({"ticket_pattern": r"OPS-\d+"}, "Today's rules stand against it. Policy payments asks for a ticket"),
        ({"reason_at_least": 400}, "Today's rules stand against it. Policy payments asks for a reason of at"),
    ],
)
def test_what_is_tightened_stops_an_approved_change_that_waits(ask, cast, over, words):
    hold_for_payments(cast, requirements=ONE)
    change = agree(ask(), cast.ben)
    assert gate(again(change), now=NOW).decision == RunDecision.RUN
    hold_for_payments(cast, requirements=ONE, **over)
    answer = gate(again(change), now=LATER)
    assert answer.decision == RunDecision.WAIT
    assert words in " ".join(answer.reasons)
    with pytest.raises(Lost):
        claim(again(change), now=LATER)


def test_it_runs_when_what_was_tightened_is_loosened_again(ask, cast):
    hold_for_payments(cast, requirements=ONE)
    change = agree(ask(), cast.ben)
    hold_for_payments(cast, requirements=ONE, frozen="Audit week.")
    assert gate(again(change), now=LATER).decision == RunDecision.WAIT
    hold_for_payments(cast, requirements=ONE)
    assert gate(again(change), now=LATER).decision == RunDecision.RUN


def test_rules_that_ask_for_more_people_ask_again_and_keep_the_approvals(ask, cast):
    hold_for_payments(cast, requirements=ONE)
    change = agree(ask(), cast.ben)
    assert change.state == "approved"
    hold_for_payments(cast, requirements=TWO)
    check_everything_that_waits(now=LATER)
    change = again(change)
    assert change.state == "pending"
    assert change.approvals.not_withdrawn().count() == 1
    assert quorum_of(change).waits_for == (
        "payments version 2 holds since 2026-11-23 12:00 UTC and asks for 2 of the account's approvers. "
        "1 more of the account's approvers: bea."
    )
    told = Entry.objects.get(event="change.back_to_pending")
    assert "payments version 2 holds since" in told.data["why"]
    assert agree(change, cast.bea, now=LATER).state == "approved"
    claim(again(change), now=LATER)


def test_an_approver_whom_only_todays_rules_ask_may_vote_and_counts(ask, cast):
    hold_for_payments(cast, requirements=(Requirement("platform", 1),))
    change = ask()
    with pytest.raises(Refused, match="not one of those whom"):
        agree(change, cast.bea)
    hold_for_payments(cast, requirements=(Requirement("security", 1),))
    assert agree(again(change), cast.bea).state == "pending"
    assert agree(again(change), cast.ben).state == "approved"


def test_one_vote_counts_for_both_sets_of_rules(ask, cast):
    hold_for_payments(cast, requirements=(Requirement("platform", 1),))
    join("security", cast.ben)
    change = ask()
    hold_for_payments(cast, requirements=(Requirement("security", 1),))
    assert agree(again(change), cast.ben).state == "approved"


def test_the_requester_counts_in_neither(ask, cast):
    hold_for_payments(cast, requirements=ONE)
    change = agree(ask(), cast.ben)
    give(cast.ana, "approver")
    hold_for_payments(cast, requirements=TWO)
    check_everything_that_waits(now=LATER)
    with pytest.raises(Refused, match="never decides about it"):
        agree(again(change), cast.ana)


def test_a_change_that_one_person_confirmed_needs_whom_todays_rules_ask(ask, cast):
    change = ask(run_at=NOW + timedelta(hours=2))
    assert change.state == "approved"
    hold_for_payments(cast)
    check_everything_that_waits(now=LATER)
    assert again(change).state == "pending"
    assert agree(again(change), cast.ben, cast.bea, now=LATER).state == "approved"


@pytest.mark.parametrize("how", ["fewer", "nobody", "retired"])
def test_a_loosened_policy_weakens_nothing_that_waits(ask, cast, how):
    hold_for_payments(cast, runs=Runs.BY_HAND)
    change = ask()
    if how == "retired":
        PolicyVersion.objects.filter(policy__name="payments").update(state="superseded")
    else:
        hold_for_payments(cast, requirements=ONE, rule=Rule.APPROVE if how == "fewer" else Rule.CONFIRM)
    check_everything_that_waits(now=LATER)
    assert again(change).state == "pending"
    assert agree(again(change), cast.ben).state == "pending"
    assert agree(again(change), cast.bea).state == "approved"
    assert again(change).run_at is None
    run(again(change), by=cast.ana, now=LATER)
    claim(again(change), now=LATER)


def test_a_freeze_of_the_day_of_the_request_outlives_the_policy_that_lifted_it(ask, cast):
    hold_for_payments(cast, requirements=ONE, frozen="Audit week.")
    change = agree(ask(), cast.ben)
    hold_for_payments(cast, requirements=ONE)
    assert gate(again(change), now=LATER).decision == RunDecision.WAIT


def test_another_policy_that_governs_today_holds_in_addition(ask, cast):
    hold_for_payments(cast, requirements=ONE)
    change = agree(ask(), cast.ben)
    vault = Selector(accounts=("111122223333",), aliases=("card-*",))
    hold(Rules(name="cards", rule=Rule.APPROVE, requirements=ONE_OF_EACH, applies_to=vault))
    answer = gate(again(change), now=LATER)
    assert answer.decision == RunDecision.ASK_AGAIN
    assert answer.reasons[0].startswith("cards version 1 holds since")
    assert answer.reasons[0].code == "rules-tightened"
    check_everything_that_waits(now=LATER)
    assert agree(again(change), cast.bea, now=LATER).state == "approved"


def test_rules_of_today_that_nobody_can_read_make_it_wait(ask, cast):
    hold_for_payments(cast, requirements=ONE)
    change = agree(ask(), cast.ben)
    version = PolicyVersion.objects.get(policy__name="payments", state="active")
    PolicyVersion.objects.filter(pk=version.pk).update(document={**version.document, "schema": 99, "moon": 1})
    answer = gate(again(change), now=LATER)
    assert (answer.decision, answer.reasons[0].code) == (RunDecision.WAIT, "rules-not-understood")
    check_everything_that_waits(now=LATER)
    assert again(change).state == "approved"


def test_doubt_about_which_policy_governs_today_makes_it_wait_and_votes_are_kept(ask, cast, inventory):
    hold_for_payments(cast, requirements=ONE)
    change = ask()
    hold(Rules(name="tagged", rule=Rule.APPROVE, requirements=ONE, applies_to=Selector(tags={"pci": "*"})))
    RegionKey.objects.filter(key=inventory.card_vault).update(details_at=None)
    assert agree(again(change), cast.ben).state == "pending"
    assert "tags were never read" in quorum_of(again(change)).waits_for
    RegionKey.objects.filter(key=inventory.card_vault).update(details_at=NOW)
    check_everything_that_waits(now=LATER)
    assert again(change).state == "approved"


def test_a_new_approval_lives_as_long_as_both_let_it(ask, cast):
    hold_for_payments(cast, requirements=ONE, approval_lives_hours=24)
    change = ask()
    hold_for_payments(cast, requirements=ONE, approval_lives_hours=2)
    change = agree(again(change), cast.ben)
    assert change.approval_expires_at == NOW + timedelta(hours=2)


def test_by_hand_today_leaves_the_moment_to_somebody(ask, cast):
    hold_for_payments(cast, requirements=ONE)
    change = ask()
    hold_for_payments(cast, requirements=ONE, runs=Runs.BY_HAND)
    assert agree(again(change), cast.ben).run_at is None


@pytest.fixture
def mailboxes(cast, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    for person in (cast.ben, cast.bea):
        person.email = f"{person.username}@example.com"
        person.save()


@pytest.mark.parametrize("was", ["pending", "approved"])
def test_those_whom_todays_rules_ask_are_told_once(ask, cast, mailboxes, was):
    hold_for_payments(cast, requirements=(Requirement("platform", 1),))
    change = ask() if was == "pending" else agree(ask(), cast.ben)
    asked = Delivery.objects.filter(topic="change.needs_you", person=cast.bea)
    assert not asked.exists()
    hold_for_payments(cast, requirements=ONE_OF_EACH)
    for minutes in range(3):
        check_everything_that_waits(now=LATER + timedelta(minutes=minutes))
    [told] = asked
    assert told.subject.startswith(f"{change.ref} waits for approval by today's rules")
    assert "payments version 2 holds since" in told.body
    assert "1 more of security: bea" in told.body


def test_many_are_judged_as_each_alone_with_a_fixed_number_of_queries(
    ask, cast, inventory, django_assert_num_queries
):
    hold_for_payments(cast, requirements=ONE)
    agree(ask(), cast.ben)
    request_move(inventory.genome, to_region="us-east-1", by=cast.ana, reason="Drill.", token="g", now=NOW)
    hold_for_payments(cast, frozen="Audit week.", allowed_regions=("us-west-2",))
    with django_assert_num_queries(6):
        many = quorums_of(Change.objects.all())
    assert many == {each.pk: quorum_of(each) for each in Change.objects.all()}


@pytest.fixture
def emergency(inventory, cast):
    hold_for_payments(cast, emergency_group="on-call")
    join("on-call", cast.ana)
    reason = "It has to leave us-east-1 within the hour."
    wish = MoveRequest(key=inventory.card_vault, to_region="eu-west-1", by=cast.ana, reason=reason, token="e")
    return break_glass(wish, reauthenticated_at=NOW, now=NOW)


@pytest.mark.parametrize(
    ("over", "words"),
    [
        ({"emergency_group": ""}, "has no emergency path any more"),
        ({"emergency_group": "night-watch"}, "Only members of night-watch may use the emergency path"),
        ({"allowed_regions": ("us-west-2",)}, "allows primaries in us-west-2 only"),
    ],
)
def test_an_emergency_that_waits_keeps_to_todays_regions_and_path(emergency, cast, over, words):
    assert gate(again(emergency), now=NOW).decision == RunDecision.RUN
    hold_for_payments(cast, **{"emergency_group": "on-call", **over})
    answer = gate(again(emergency), now=LATER)
    assert answer.decision == RunDecision.WAIT
    assert words in answer.reasons[0]


def test_an_emergency_skips_what_today_asks_of_people_and_times(emergency, cast):
    needs = (Requirement("platform", 1), Requirement("", 2))
    hold_for_payments(
        cast, emergency_group="on-call", requirements=needs, frozen="Audit week.", ticket_pattern="OPS"
    )
    assert gate(again(emergency), now=LATER).decision == RunDecision.RUN
    assert quorum_of(again(emergency)).reviewers == {"ben", "bea"}


def test_what_was_sent_is_not_asked_again(ask, cast):
    hold_for_payments(cast, requirements=ONE)
    change = agree(ask(), cast.ben)
    claim(again(change), now=NOW)
    hold_for_payments(cast, requirements=TWO, frozen="Audit week.")
    check_everything_that_waits(now=LATER)
    assert again(change).state == "executing"


def test_a_vote_after_the_plan_hash_changed_is_refused_as_before(ask, cast):
    hold_for_payments(cast, requirements=ONE)
    change = ask()
    hold_for_payments(cast, requirements=TWO)
    with pytest.raises(Refused, match="is not the plan of"):
        approve(again(change), by=cast.bea, plan_sha256="0" * 64, now=LATER)


def test_pinned_rules_that_equal_todays_ask_once(ask, cast):
    hold_for_payments(cast)
    quorum = quorum_of(ask())
    assert len(quorum.lines) == 2
    assert not quorum.tightened
    assert replace(quorum, present=None).lines == quorum.lines


def test_doubt_about_which_policy_governs_today_holds_an_emergency_as_when_one_is_asked_for(
    emergency, cast, inventory
):
    """Else a policy that nobody can tell apart would lend its emergency path to another one's keys."""
    hold(Rules(name="tagged", rule=Rule.APPROVE, requirements=ONE, applies_to=Selector(tags={"pci": "*"})))
    RegionKey.objects.filter(key=inventory.card_vault).update(details_at=None)
    answer = gate(again(emergency), now=LATER)
    assert (answer.decision, answer.reasons[0].code) == (RunDecision.WAIT, "policy-in-doubt")
    RegionKey.objects.filter(key=inventory.card_vault).update(details_at=NOW)
    assert gate(again(emergency), now=LATER).decision == RunDecision.RUN
