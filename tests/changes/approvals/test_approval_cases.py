"""What went wrong in other products: each a case that must not go wrong here."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group, User

from keyconsole.aws_accounts.models import RoleGrant
from keyconsole.changes.approvals.decide import approve, reject, run
from keyconsole.changes.approvals.run_gate import RunDecision, gate
from keyconsole.changes.models import Change
from keyconsole.changes.requests.request import cancel, request_move
from keyconsole.policies.document.parse import parse_rules, stored_rules
from keyconsole.policies.document.rules import Rule, Rules, Runs, Window
from keyconsole.policies.quorum.requirements import Requirement
from keyconsole.refusals import Invalid, Lost, Refused
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
ONE = (Requirement("", 1),)


@pytest.fixture
def ask(inventory, cast):
    def request(**over):
        wish = {"to_region": "eu-west-1", "by": cast.ana, "reason": "Closer to its users.", "now": NOW}
        return request_move(inventory.card_vault, **{**wish, "token": uuid.uuid4().hex, **over})

    return request


def again(change):
    return Change.objects.select_related("key__account", "requester").get(pk=change.pk)


@pytest.mark.parametrize("at_least", [0, -1])
def test_a_quorum_of_nobody_is_refused_in_a_policy(at_least):
    rules = Rules(name="none", rule=Rule.APPROVE, requirements=(Requirement("", at_least),))
    with pytest.raises(Invalid, match="At least 1"):
        parse_rules(rules.as_json())


@pytest.mark.parametrize("needs", [(), (Requirement("", 0),), (Requirement("platform", 0),)])
def test_a_quorum_of_nobody_that_got_into_the_database_still_needs_somebody(ask, cast, needs):
    hold_for_payments(cast, requirements=needs)
    change = ask()
    check_everything_that_waits(now=NOW)
    assert again(change).state == "pending"
    assert agree(again(change), cast.ben).state == "approved"


def test_one_person_in_every_group_is_still_one_person(ask, cast):
    hold_for_payments(cast)
    join("security", cast.ben)
    change = agree(ask(), cast.ben)
    check_everything_that_waits(now=NOW)
    assert again(change).state == "pending"


def test_a_group_gives_nobody_the_role(ask, cast):
    hold_for_payments(cast)
    join("platform", cast.dan, cast.cleo)
    for person in (cast.dan, cast.cleo):
        with pytest.raises(Refused, match="not one of those whom"):
            agree(ask() if not Change.objects.exists() else Change.objects.get(), person)


def test_a_role_for_another_account_counts_for_nothing_here(ask, cast):
    hold_for_payments(cast)
    join("platform", cast.dan)
    RoleGrant.objects.create(
        person=cast.dan, role="approver", account=cast.research, granted_by="ada", granted_at=NOW
    )
    with pytest.raises(Refused, match="not one of those whom"):
        agree(ask(), cast.dan)


def test_a_group_that_is_deleted_takes_its_votes_along(ask, cast):
    hold_for_payments(cast, runs=Runs.BY_HAND)
    change = agree(ask(), cast.ben, cast.bea)
    assert change.state == "approved"
    Group.objects.get(name="security").delete()
    run(again(change), by=cast.ana, now=NOW)
    with pytest.raises(Lost):
        claim(again(change), now=NOW)
    check_everything_that_waits(now=NOW)
    assert again(change).state == "pending"


@pytest.mark.parametrize("asked", [ONE_OF_EACH, (Requirement("", 2),)])
def test_an_approver_who_left_the_company_no_longer_counts(ask, cast, asked):
    hold_for_payments(cast, runs=Runs.BY_HAND, requirements=asked)
    change = agree(ask(), cast.ben, cast.bea)
    User.objects.filter(pk=cast.bea.pk).update(is_active=False)
    assert gate(again(change), now=NOW).decision == RunDecision.ASK_AGAIN


@pytest.mark.parametrize("how", ["left", "lost the role"])
def test_nothing_runs_for_a_requester_who_is_gone(ask, cast, how):
    hold_for_payments(cast)
    change = ask()
    if how == "left":
        User.objects.filter(pk=cast.ana.pk).update(is_active=False)
    else:
        RoleGrant.objects.filter(person=cast.ana).delete()
    change = agree(again(change), cast.ben, cast.bea)
    decision = gate(again(change), now=NOW)
    assert decision.decision == RunDecision.WAIT
    assert "ana, who asked for it, may no longer ask for changes in payments." in decision.reasons
    with pytest.raises(Lost):
        claim(again(change), now=NOW)


def test_it_runs_when_the_requester_is_back_in_time(ask, cast):
    hold_for_payments(cast)
    change = ask()
    RoleGrant.objects.filter(person=cast.ana).delete()
    change = agree(again(change), cast.ben, cast.bea)
    give(cast.ana, "requester")
    assert gate(again(change), now=NOW + timedelta(hours=23)).decision == RunDecision.RUN
    assert gate(again(change), now=NOW + timedelta(hours=24)).decision == RunDecision.EXPIRE


def test_a_lone_confirmation_does_not_outlive_the_role(ask, cast):
    hold(Rules(name="alone", rule=Rule.CONFIRM))
    change = ask(run_at=NOW + timedelta(hours=2))
    RoleGrant.objects.filter(person=cast.ana).delete()
    with pytest.raises(Lost):
        claim(again(change), now=NOW + timedelta(hours=3))


def test_the_requester_of_the_command_line_is_the_requester_everywhere(ask, cast):
    hold_for_payments(cast, requirements=ONE)
    give(cast.ben, "requester")
    change = ask(by=cast.ben, via="command line")
    with pytest.raises(Refused, match="Who asks for a change never decides"):
        agree(change, cast.ben)
    with pytest.raises(Refused, match="Who asks for a change never decides"):
        reject(change, by=cast.ben, reason="No.", now=NOW)


def test_cancelled_and_asked_again_starts_from_nothing(ask, cast):
    hold_for_payments(cast)
    first = agree(ask(), cast.ben)
    cancel(first, by=cast.ana, reason="Wrong window.", now=NOW)
    second = ask()
    assert second.plan_sha256 == first.plan_sha256
    assert agree(second, cast.bea).state == "pending"
    assert agree(second, cast.ben).state == "approved"


def test_a_cancelled_change_takes_no_late_vote(ask, cast):
    hold_for_payments(cast, requirements=ONE)
    change = ask()
    in_another_tab = again(change)
    cancel(change, by=cast.ana, reason="", now=NOW)
    with pytest.raises(Refused):
        approve(in_another_tab, by=cast.ben, plan_sha256=change.plan_sha256, now=NOW)
    assert again(change).state == "cancelled"
    assert not change.approvals.exists()


def test_a_no_after_all_agreed_still_ends_what_has_not_begun(ask, cast):
    hold_for_payments(cast, runs=Runs.BY_HAND)
    change = agree(ask(), cast.ben, cast.bea)
    reject(change, by=cast.ben, reason="I read it again.", now=NOW)
    with pytest.raises(Lost):
        claim(again(change), now=NOW)


def test_a_change_that_runs_takes_no_votes_any_more(ask, cast):
    hold_for_payments(cast, requirements=ONE)
    change = agree(ask(), cast.ben)
    claim(change, now=NOW)
    with pytest.raises(Refused, match="is executing: it takes no votes"):
        reject(again(change), by=cast.bea, reason="No.", now=NOW)


def test_a_window_that_closes_between_the_vote_and_the_worker_holds_it(ask, cast):
    office = (Window(("mon", "tue", "wed", "thu", "fri"), "08:00", "13:00", "UTC"),)
    hold_for_payments(cast, requirements=ONE, windows=office)
    change = agree(ask(), cast.ben)
    assert gate(change, now=NOW + timedelta(minutes=59)).decision == RunDecision.RUN
    with pytest.raises(Lost):
        claim(again(change), now=NOW + timedelta(hours=1))
    assert "The next one opens 2026-11-24 08:00 UTC" in " ".join(
        gate(change, now=NOW + timedelta(hours=1)).reasons
    )
    claim(again(change), now=NOW + timedelta(hours=20))
    assert again(change).state == "executing"


def test_a_loosened_policy_changes_nothing_for_what_was_asked_before(ask, cast):
    version = hold_for_payments(cast)
    change = agree(ask(), cast.ben)
    hold(replace(stored_rules(version.document), requirements=ONE))
    check_everything_that_waits(now=NOW)
    assert again(change).state == "pending"
    assert again(change).policy_version == version
