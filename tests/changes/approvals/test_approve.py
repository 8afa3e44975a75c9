from __future__ import annotations

from datetime import timedelta

import pytest

from keyconsole.audit.models import Entry
from keyconsole.aws_accounts.models import RoleGrant
from keyconsole.changes.approvals.decide import approve, comment, reject, run, withdraw
from keyconsole.changes.models import Approval, Change
from keyconsole.changes.requests.request import cancel, request_move
from keyconsole.notifications.models import Delivery
from keyconsole.policies.document.rules import Rule, Rules, Runs, Selector
from keyconsole.policies.models import PolicyVersion
from keyconsole.policies.quorum.requirements import Requirement
from keyconsole.refusals import Refused
from tests.cast import NOW, hold
from tests.changes.approvals.teams import check_everything_that_waits, join, would_run

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_policy(cast):
    PolicyVersion.objects.all().delete()


@pytest.fixture
def teams(cast):
    """Ben is of platform, Bea of security."""
    join("platform", cast.ben)
    join("security", cast.bea)
    return cast


@pytest.fixture
def both_teams(teams):
    """One of platform and one of security, for everything in payments."""
    return hold(
        Rules(
            name="payments",
            rule=Rule.APPROVE,
            applies_to=Selector(accounts=("111122223333",)),
            requirements=(Requirement("platform", 1), Requirement("security", 1)),
        )
    )


@pytest.fixture
def ask(inventory, cast):
    def request(**over):
        wish = {
            "to_region": "eu-west-1",
            "by": cast.ana,
            "reason": "Closer to its users.",
            "token": f"t-{Change.objects.count()}",
        }
        return request_move(inventory.card_vault, now=NOW, **{**wish, **over})

    return request


def agree(change, by, **over):
    approve(change, by=by, now=NOW, **{"plan_sha256": change.plan_sha256, **over})
    return change


def test_without_any_policy_one_other_approver_is_needed(ask, cast):
    change = ask()
    assert change.state == "pending"
    assert not would_run(change, now=NOW)
    agree(change, cast.ben)
    assert change.state == "approved"
    assert would_run(change, now=NOW)


def test_every_requirement_must_be_met(ask, both_teams, cast):
    change = ask()
    assert agree(change, cast.ben).state == "pending"
    assert agree(change, cast.bea).state == "approved"


def test_a_person_in_two_groups_counts_once(ask, both_teams, cast):
    join("security", cast.ben)
    change = ask()
    assert agree(change, cast.ben).state == "pending"
    assert agree(change, cast.bea).state == "approved"


def test_the_requester_never_counts_in_whatever_group(ask, both_teams, cast):
    RoleGrant.objects.create(person=cast.ana, role="approver", granted_by="ada", granted_at=NOW)
    join("platform", cast.ana)
    join("security", cast.ana)
    change = ask()
    with pytest.raises(Refused, match="never decides about it"):
        agree(change, cast.ana)
    assert not Approval.objects.exists()


def test_nobody_approves_twice(ask, both_teams, cast):
    change = ask()
    agree(change, cast.ben)
    with pytest.raises(Refused, match="approved CR-1 already"):
        agree(change, cast.ben)
    assert Approval.objects.count() == 1


@pytest.mark.parametrize("name", ["cleo", "dan", "ada"])
def test_who_is_not_needed_cannot_approve(ask, cast, name):
    change = ask()
    with pytest.raises(Refused, match="not one of those whom CR-1 needs"):
        agree(change, getattr(cast, name))


def test_an_approver_outside_the_groups_cannot_approve(ask, both_teams, cast):
    cast.ben.memberships.all().delete()
    join("other", cast.ben)
    join("platform", cast.bea)
    with pytest.raises(Refused):
        agree(ask(), cast.ben)


def test_another_plans_hash_approves_nothing(ask, cast):
    change = ask()
    with pytest.raises(Refused, match="is not the plan of CR-1"):
        agree(change, cast.ben, plan_sha256="0" * 64)
    assert change.state == "pending"


def test_a_vote_for_another_plan_fills_no_place(ask, both_teams, cast):
    change = agree(ask(), cast.ben)
    change.approvals.update(plan_sha256="0" * 64)
    assert agree(change, cast.bea).state == "pending"
    check_everything_that_waits(now=NOW)
    change.refresh_from_db()
    assert change.state == "pending"


def test_a_plan_that_no_longer_holds_is_stale_at_the_vote_and_says_what_differs(ask, cast, inventory):
    change = ask()
    inventory.card_vault.region_keys.filter(region="eu-west-1").update(state="Disabled")
    with pytest.raises(Refused, match="was Enabled, and at the last look Disabled"):
        agree(change, cast.ben)
    change.refresh_from_db()
    assert change.state == "stale"


def test_a_pending_change_is_looked_after_and_goes_stale_with_its_approvals(ask, both_teams, cast, inventory):
    change = agree(ask(), cast.ben)
    inventory.card_vault.region_keys.filter(region="us-east-1").update(policy_sha256="changed")
    check_everything_that_waits(now=NOW)
    change.refresh_from_db()
    assert change.state == "stale"
    assert "The policy of the key in us-east-1" in change.outcome
    assert change.approvals.count() == 1


def test_an_identical_second_look_keeps_the_approvals(ask, both_teams, cast, inventory):
    change = agree(ask(), cast.ben)
    inventory.card_vault.region_keys.update(last_seen_at=NOW + timedelta(hours=1))
    check_everything_that_waits(now=NOW)
    assert agree(change, cast.bea).state == "approved"


def test_a_region_that_cannot_be_read_for_now_makes_nothing_stale(ask, inventory):
    change = ask()
    inventory.card_vault.region_keys.filter(region="eu-west-1").update(sight="unreachable")
    check_everything_that_waits(now=NOW)
    change.refresh_from_db()
    assert change.state == "pending"


def test_one_reasoned_no_ends_it(ask, both_teams, cast):
    change = agree(ask(), cast.ben)
    reject(change, by=cast.bea, reason="Not in the quarter's last week.", now=NOW)
    assert change.state == "rejected"
    assert "Not in the quarter's last week." in change.outcome
    with pytest.raises(Refused):
        agree(change, cast.bea)


def test_a_no_needs_its_reason(ask, cast):
    change = ask()
    with pytest.raises(Refused, match="Say why"):
        reject(change, by=cast.ben, reason="  ", now=NOW)
    assert change.state == "pending"


def test_deny_after_n_minus_1_approvals_wins(ask, cast):
    hold(Rules(name="two", rule=Rule.APPROVE, requirements=(Requirement("", 2),)))
    change = agree(ask(), cast.ben)
    reject(change, by=cast.bea, reason="No.", now=NOW)
    assert change.state == "rejected"
    assert not would_run(change, now=NOW)


def test_an_approval_can_be_withdrawn_while_others_are_missing(ask, both_teams, cast):
    change = agree(ask(), cast.ben)
    withdraw(change, by=cast.ben, now=NOW)
    assert change.approvals.not_withdrawn().count() == 0
    agree(change, cast.ben)
    assert agree(change, cast.bea).state == "approved"


def test_withdrawing_before_it_runs_takes_the_approval_back(ask, cast):
    hold(Rules(name="by-hand", rule=Rule.APPROVE, requirements=(Requirement(),), runs=Runs.BY_HAND))
    change = agree(ask(), cast.ben)
    assert change.state == "approved"
    withdraw(change, by=cast.ben, now=NOW)
    assert change.state == "pending"
    assert Entry.objects.filter(event="change.back_to_pending").exists()


def test_who_approved_nothing_has_nothing_to_withdraw(ask, cast):
    with pytest.raises(Refused, match="no approval"):
        withdraw(ask(), by=cast.ben, now=NOW)


def test_a_removed_approvers_vote_stops_counting(ask, both_teams, cast):
    change = agree(ask(), cast.ben)
    cast.ben.memberships.all().delete()
    join("platform", cast.cleo)
    RoleGrant.objects.create(person=cast.cleo, role="approver", granted_by="ada", granted_at=NOW)
    assert agree(change, cast.bea).state == "pending"
    assert agree(change, cast.cleo).state == "approved"


def test_a_vote_that_no_longer_counts_is_noticed_before_it_runs(ask, cast):
    hold(Rules(name="by-hand", rule=Rule.APPROVE, requirements=(Requirement(),), runs=Runs.BY_HAND))
    change = agree(ask(), cast.ben)
    RoleGrant.objects.filter(person=cast.ben).delete()
    check_everything_that_waits(now=NOW)
    change.refresh_from_db()
    assert change.state == "pending"


def test_by_hand_it_waits_for_the_requester_or_an_approver(ask, cast):
    hold(Rules(name="by-hand", rule=Rule.APPROVE, requirements=(Requirement(),), runs=Runs.BY_HAND))
    change = agree(ask(), cast.ben)
    check_everything_that_waits(now=NOW + timedelta(minutes=5))
    assert not would_run(change, now=NOW + timedelta(minutes=5))
    with pytest.raises(Refused, match="may run it"):
        run(change, by=cast.cleo, now=NOW)
    run(change, by=cast.ana, now=NOW)
    assert would_run(change, now=NOW + timedelta(minutes=5))


def test_it_runs_at_the_chosen_time_and_not_before(ask, cast):
    at = NOW + timedelta(hours=2)
    change = agree(ask(run_at=at), cast.ben)
    check_everything_that_waits(now=at - timedelta(seconds=1))
    assert not would_run(change, now=at - timedelta(seconds=1))
    check_everything_that_waits(now=at + timedelta(seconds=20))
    assert would_run(change, now=at + timedelta(seconds=20))


def test_a_request_that_waits_too_long_expires(ask):
    change = ask()
    check_everything_that_waits(now=NOW + timedelta(hours=71))
    change.refresh_from_db()
    assert change.state == "pending"
    check_everything_that_waits(now=NOW + timedelta(hours=72))
    change.refresh_from_db()
    assert change.state == "expired"


def test_a_vote_at_the_moment_of_expiry_is_refused(ask, cast):
    change = ask()
    with pytest.raises(Refused, match="waited too long"):
        approve(change, by=cast.ben, plan_sha256=change.plan_sha256, now=change.request_expires_at)


def test_an_approval_that_is_not_used_in_time_expires(ask, cast):
    hold(Rules(name="by-hand", rule=Rule.APPROVE, requirements=(Requirement(),), runs=Runs.BY_HAND))
    change = agree(ask(), cast.ben)
    check_everything_that_waits(now=NOW + timedelta(hours=24))
    change.refresh_from_db()
    assert change.state == "expired"
    assert "not used in time" in change.outcome


def test_the_requester_cancels_and_asks_again(ask, both_teams, cast):
    change = agree(ask(), cast.ben)
    cancel(change, by=cast.ana, reason="Another Region.", now=NOW)
    again = ask(to_region="us-west-2")
    assert again.state == "pending"
    assert again.approvals.count() == 0


def test_a_comment_resets_nothing(ask, both_teams, cast):
    change = agree(ask(), cast.ben)
    comment(change, by=cast.ana, text="Tested in research first.", now=NOW)
    assert change.comments.get().author == cast.ana
    assert agree(change, cast.bea).state == "approved"


def test_a_confirm_policy_needs_nobody_else(ask):
    hold(Rules(name="alone", rule=Rule.CONFIRM))
    assert ask().state == "approved"


def test_the_rules_it_was_asked_under_stay_beside_those_of_today(ask, both_teams, cast):
    change = ask()
    hold(Rules(name="payments", rule=Rule.APPROVE, requirements=(Requirement("", 1),)))
    assert agree(change, cast.ben).state == "pending"
    assert agree(change, cast.bea).state == "approved"


def test_a_policy_that_nobody_could_meet_refuses_the_request(ask, cast):
    hold(Rules(name="three", rule=Rule.APPROVE, requirements=(Requirement("", 3),)))
    with pytest.raises(Refused, match="Nobody could approve it"):
        ask()


@pytest.mark.parametrize(
    ("rules", "over", "words"),
    [
        ({"allowed_regions": ("us-west-2",)}, {}, "allows primaries in us-west-2 only"),
        ({"ticket_pattern": r"OPS-\d+"}, {"ticket": "none"}, r"a ticket of the form OPS-\\d\+"),
        ({"reason_at_least": 40}, {}, "at least 40 characters"),
    ],
)
def test_what_the_policy_asks_of_a_request(ask, rules, over, words):
    hold(Rules(name="strict", rule=Rule.APPROVE, requirements=(Requirement(),), **rules))
    with pytest.raises(Refused, match=words):
        ask(**over)


def test_a_frozen_policy_lets_it_be_approved_and_holds_it_back(ask, cast):
    hold(Rules(name="ice", rule=Rule.APPROVE, requirements=(Requirement(),), frozen="Audit week."))
    change = agree(ask(), cast.ben)
    assert change.state == "approved"
    check_everything_that_waits(now=NOW + timedelta(minutes=1))
    assert not would_run(change, now=NOW + timedelta(minutes=1))


def test_approvers_hear_that_they_are_asked_and_of_the_end(ask, both_teams, cast, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    for person in (cast.ana, cast.ben, cast.bea):
        person.email = f"{person.username}@example.com"
        person.save()
    change = ask()
    asked = Delivery.objects.filter(topic="change.needs_you")
    assert set(asked.values_list("person__username", flat=True)) == {"ben", "bea"}
    assert change.plan_sha256 in asked[0].body
    reject(change, by=cast.bea, reason="No.", now=NOW)
    ended = Delivery.objects.filter(topic="change.ended")
    assert set(ended.values_list("person__username", flat=True)) == {"ana", "ben", "bea"}


def test_every_vote_stands_in_the_record(ask, both_teams, cast):
    change = agree(agree(ask(), cast.ben), cast.bea)
    told = Entry.objects.filter(subject=change.ref).values_list("event", "actor")
    assert list(told) == [
        ("change.requested", "ana"),
        ("change.approval_given", "ben"),
        ("change.approval_given", "bea"),
        ("change.approved", "bea"),
    ]
