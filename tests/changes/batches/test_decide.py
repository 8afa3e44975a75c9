"""Approving, rejecting and taking back a batch."""

from __future__ import annotations

from datetime import timedelta

import pytest

from keyconsole.audit.models import Entry
from keyconsole.aws_accounts.models import RoleGrant
from keyconsole.changes.approvals.decide import approve, withdraw
from keyconsole.changes.batches.advance import advance
from keyconsole.changes.batches.decide import (
    approve_batch,
    cancel_batch,
    may_approve_batch,
    may_cancel_batch,
    may_run_batch,
    reject_batch,
    run_batch,
)
from keyconsole.changes.batches.part import part_seen_by
from keyconsole.changes.batches.progress import batch_progress
from keyconsole.changes.models import Approval, Change, OnFailure, Rejection
from keyconsole.changes.quorum import quorum_of
from keyconsole.inventory.models import RegionKey
from keyconsole.policies.document.rules import Rule, Rules, Runs, Selector
from keyconsole.policies.models import PolicyVersion
from keyconsole.policies.quorum.requirements import Requirement
from keyconsole.refusals import Refused
from tests.cast import NOW, hold
from tests.changes.approvals.teams import join
from tests.changes.batches.given import ask_for, lines_of, make_keys, one_approver, states_of

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(minutes=5)


@pytest.fixture
def batch(cast):
    one_approver()
    return ask_for(make_keys(cast.payments, 3), cast)


def agree(batch, by, **over):
    return approve_batch(batch, by=by, now=LATER, **{"plan_sha256": batch.plan_sha256, **over})


def released(batch):
    return [line.ref for line in lines_of(batch) if line.released_at]


def test_one_approval_of_the_plan_votes_for_every_line(batch, cast):
    assert agree(batch, cast.ben, comment="Seen.") == 3
    assert states_of(batch) == ["approved"] * 3
    assert {vote.plan_sha256 for vote in Approval.objects.all()} == {
        line.plan_sha256 for line in lines_of(batch)
    }
    assert Entry.objects.filter(event="change.approval_given", actor="ben").count() == 3
    entry = Entry.objects.get(event="batch.approval_given")
    assert (entry.subject, entry.data["plan_sha256"]) == (batch.ref, batch.plan_sha256)


def test_another_hash_is_refused_and_nobody_has_voted(batch, cast):
    with pytest.raises(Refused, match="not the plan of BR-1"):
        agree(batch, cast.ben, plan_sha256="0" * 64)
    assert not Approval.objects.exists()


def test_who_asked_never_decides_in_whatever_role(batch, cast):
    RoleGrant.objects.create(person=cast.ana, role="approver", granted_by="ada", granted_at=NOW)
    with pytest.raises(Refused, match="never decides about it"):
        agree(batch, cast.ana)
    with pytest.raises(Refused, match="never decides about it"):
        reject_batch(batch, by=cast.ana, reason="No.", now=LATER)


@pytest.mark.parametrize("name", ["cleo", "ada"])
def test_who_is_not_needed_cannot_approve(batch, cast, name):
    with pytest.raises(Refused, match="not one of those"):
        agree(batch, getattr(cast, name))


def test_who_sees_no_line_of_it_approves_nothing(batch, cast):
    for plan in (batch.plan_sha256, part_seen_by(cast.dan, batch).plan_sha256):
        with pytest.raises(Refused):
            agree(batch, cast.dan, plan_sha256=plan)
    assert not Approval.objects.exists()


def test_nobody_approves_twice(cast):
    PolicyVersion.objects.all().delete()
    hold(Rules(name="two", rule=Rule.APPROVE, requirements=(Requirement("", 2),)))
    batch = ask_for(make_keys(cast.payments, 2), cast)
    agree(batch, cast.ben)
    with pytest.raises(Refused, match="You have approved BR-1 already"):
        agree(batch, cast.ben)
    assert states_of(batch) == ["pending"] * 2
    agree(batch, cast.bea)
    assert states_of(batch) == ["approved"] * 2


def test_a_person_votes_only_for_the_lines_that_need_them(cast):
    PolicyVersion.objects.all().delete()
    join("security", cast.bea)
    hold(
        Rules(
            name="secured",
            rule=Rule.APPROVE,
            applies_to=Selector(aliases=("card-01",)),
            requirements=(Requirement("security", 1),),
        )
    )
    batch = ask_for(make_keys(cast.payments, 3), cast)
    assert agree(batch, cast.ben) == 2
    assert states_of(batch) == ["approved", "pending", "approved"]
    advance(batch, now=LATER)
    assert released(batch) == [], "nothing begins before every line is approved"
    assert agree(batch, cast.bea) == 1
    advance(batch, now=LATER)
    assert released(batch) == ["CR-1", "CR-2", "CR-3"]


def test_an_approval_that_is_taken_back_holds_every_line(batch, cast):
    agree(batch, cast.ben)
    advance(batch, now=LATER)
    assert len(released(batch)) == 3
    withdraw(lines_of(batch)[1], by=cast.ben, now=LATER)
    advance(batch, now=LATER)
    assert states_of(batch) == ["approved", "pending", "approved"]
    assert released(batch) == []
    line = lines_of(batch)[1]
    approve(line, by=cast.bea, plan_sha256=line.plan_sha256, now=LATER)
    advance(batch, now=LATER)
    assert len(released(batch)) == 3


def test_one_no_ends_every_line(batch, cast):
    with pytest.raises(Refused, match="Say why"):
        reject_batch(batch, by=cast.bea, reason=" ", now=LATER)
    reject_batch(batch, by=cast.bea, reason="Wrong week.", now=LATER)
    assert states_of(batch) == ["rejected"] * 3
    assert Rejection.objects.filter(reason="Wrong week.").count() == 3
    batch.refresh_from_db()
    assert batch.stopped_why == "Rejected by bea: Wrong week."
    with pytest.raises(Refused, match="No change of BR-1"):
        agree(batch, cast.ben)
    advance(batch, now=LATER)
    batch.refresh_from_db()
    assert batch.ended_at == LATER
    assert Entry.objects.get(event="batch.ended").data == {"rejected": 3}


def test_lines_that_the_rejecter_has_no_say_in_are_cancelled_with_the_reason(cast):
    PolicyVersion.objects.all().delete()
    join("security", cast.bea)
    secured = Selector(aliases=("card-01",))
    needs = (Requirement("security", 1),)
    hold(Rules(name="secured", rule=Rule.APPROVE, applies_to=secured, requirements=needs))
    batch = ask_for(make_keys(cast.payments, 2), cast)
    reject_batch(batch, by=cast.ben, reason="Too early.", now=LATER)
    assert states_of(batch) == ["rejected", "cancelled"]
    assert lines_of(batch)[1].outcome == "Not begun. BR-1: Rejected by ben: Too early."


def test_the_requester_takes_back_what_has_not_begun(batch, cast):
    agree(batch, cast.ben)
    begun = lines_of(batch)[0]
    Change.objects.filter(pk=begun.pk).update(state="settling")
    assert not may_cancel_batch(cast.bea, batch).allowed
    cancel_batch(batch, by=cast.ana, reason="Not today.", now=LATER)
    assert states_of(batch) == ["settling", "cancelled", "cancelled"]
    assert Entry.objects.get(event="batch.cancelled").data["why"] == "Cancelled by ana: Not today."
    with pytest.raises(Refused, match="No change of BR-1 can be cancelled any more"):
        cancel_batch(batch, by=cast.ana, reason="", now=LATER)


def test_a_key_that_changed_stops_the_batch_before_anybody_agrees(batch, cast):
    changed = lines_of(batch)[1]
    RegionKey.objects.filter(key=changed.key, region="eu-west-1").update(state="Disabled")
    with pytest.raises(Refused, match="CR-2 no longer is as in the plan of BR-1"):
        agree(batch, cast.ben)
    assert not Approval.objects.exists()
    advance(batch, now=LATER)
    assert states_of(batch) == ["cancelled", "stale", "cancelled"]


def test_a_key_that_changed_leaves_a_batch_that_carries_on(cast):
    one_approver()
    batch = ask_for(make_keys(cast.payments, 3), cast, on_failure=OnFailure.CARRY_ON)
    changed = lines_of(batch)[1]
    RegionKey.objects.filter(key=changed.key, region="eu-west-1").update(state="Disabled")
    assert agree(batch, cast.ben) == 2
    assert states_of(batch) == ["approved", "stale", "approved"]


def test_lines_that_run_by_hand_wait_for_somebody(cast):
    PolicyVersion.objects.all().delete()
    needs = (Requirement("", 1),)
    hold(Rules(name="by-hand", rule=Rule.APPROVE, requirements=needs, runs=Runs.BY_HAND))
    batch = ask_for(make_keys(cast.payments, 2), cast)
    agree(batch, cast.ben)
    advance(batch, now=LATER)
    assert released(batch) == []
    assert not may_run_batch(cast.dan, batch, now=LATER).allowed
    assert run_batch(batch, by=cast.ana, now=LATER) == 2
    advance(batch, now=LATER)
    assert len(released(batch)) == 2
    with pytest.raises(Refused, match="waits for somebody to run it"):
        run_batch(batch, by=cast.ana, now=LATER)


def test_a_line_whose_rules_are_not_understood_waits_and_says_why(batch, cast):
    line = lines_of(batch)[0]
    Change.objects.filter(pk=line.pk).update(rules={**line.rules, "second_look": True})
    assert agree(batch, cast.ben) == 2
    assert states_of(batch) == ["pending", "approved", "approved"]
    [needed] = batch_progress(batch, lines_of(batch)).needed
    assert (needed.lines, needed.unread) == (1, " ".join(quorum_of(lines_of(batch)[0]).unread))
    assert "does not understand second_look" in needed.unread
    advance(batch, now=LATER)
    assert released(batch) == []


def test_votes_for_single_lines_count_for_the_batch(batch, cast):
    first = lines_of(batch)[0]
    approve(first, by=cast.ben, plan_sha256=first.plan_sha256, now=LATER)
    assert may_approve_batch(cast.ben, batch, now=LATER).allowed
    assert agree(batch, cast.ben) == 2
    assert states_of(batch) == ["approved"] * 3
