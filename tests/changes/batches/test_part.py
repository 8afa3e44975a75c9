"""Who may not see every line of a batch agrees to those that they see, by a hash over these."""

from __future__ import annotations

from datetime import timedelta

import pytest

from keyconsole.audit.models import Entry
from keyconsole.aws_accounts.models import RoleGrant
from keyconsole.aws_accounts.roles import Role
from keyconsole.changes.actions.action import Actor
from keyconsole.changes.actions.batch_actions import APPROVE, REJECT
from keyconsole.changes.actions.inputs import ApproveInputs, RejectInputs
from keyconsole.changes.batches.advance import advance
from keyconsole.changes.batches.decide import approve_batch, cancel_batch, may_cancel_batch, reject_batch
from keyconsole.changes.batches.part import part_seen_by
from keyconsole.changes.batches.put_back import lines_back, may_put_back
from keyconsole.changes.models import Approval, Change, OnFailure
from keyconsole.changes.plan.plan import plan_sha256
from keyconsole.policies.document.rules import Rule, Rules
from keyconsole.policies.models import PolicyVersion
from keyconsole.policies.quorum.requirements import Requirement
from keyconsole.refusals import Refused
from tests.cast import NOW, Member, hold, make_key, make_person
from tests.changes.batches.given import ask_for, lines_of, make_keys, states_of

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(minutes=5)


@pytest.fixture
def batch(cast):
    return mixed(cast)


def mixed(cast, **over):
    """Two lines of payments and one of research; one approver of each account has to agree."""
    PolicyVersion.objects.all().delete()
    hold(Rules(name="all", rule=Rule.APPROVE, requirements=(Requirement("", 1),)))
    members = (Member("us-east-1"), Member("eu-west-1"))
    elsewhere = make_key(cast.research, "mrk-feed" + "0" * 28, *members, alias="alias/lab")
    return ask_for([*make_keys(cast.payments, 2), elsewhere], cast, **over)


@pytest.fixture
def paul(cast):
    """He approves in payments and sees nothing of research."""
    return make_person("paul", Role.APPROVER, accounts=(cast.payments,))


def agree(batch, by, plan=None):
    return approve_batch(batch, by=by, now=LATER, plan_sha256=plan or part_seen_by(by, batch).plan_sha256)


def see_research_too(person, cast):
    return RoleGrant.objects.create(
        person=person, role="viewer", account=cast.research, granted_by="ada", granted_at=NOW
    )


def test_a_part_is_a_plan_of_the_lines_that_are_seen_with_a_hash_of_its_own(batch, paul, cast):
    part = part_seen_by(paul, batch)
    assert [line.ref for line in part.lines] == ["CR-1", "CR-2"]
    assert [line["change"] for line in part.plan["lines"]] == ["CR-1", "CR-2"]
    assert part.plan_sha256 == plan_sha256(part.plan) != batch.plan_sha256
    assert not part.is_whole
    whole = part_seen_by(cast.ben, batch)
    assert (whole.plan, whole.plan_sha256, whole.is_whole) == (batch.plan, batch.plan_sha256, True)


def test_they_approve_their_lines_by_that_hash_and_the_record_holds_it(batch, paul):
    assert agree(batch, paul) == 2
    assert states_of(batch) == ["approved", "approved", "pending"]
    entry = Entry.objects.get(event="batch.approval_given")
    assert (entry.data["plan_sha256"], entry.data["lines"]) == (part_seen_by(paul, batch).plan_sha256, 2)
    assert {vote.plan_sha256 for vote in Approval.objects.all()} == {
        line.plan_sha256 for line in lines_of(batch)[:2]
    }


def test_the_whole_hash_is_for_whoever_sees_the_whole(batch, paul, cast):
    with pytest.raises(Refused, match="not the plan of BR-1"):
        agree(batch, paul, plan=batch.plan_sha256)
    assert not Approval.objects.exists()
    assert agree(batch, cast.ben, plan=batch.plan_sha256) == 3


def test_nobody_approves_all_by_the_hash_of_a_part(batch, paul, cast):
    with pytest.raises(Refused, match="Read it again"):
        agree(batch, cast.ben, plan=part_seen_by(paul, batch).plan_sha256)
    assert not Approval.objects.exists()


def test_a_line_that_came_into_sight_since_they_looked_takes_another_look(batch, paul, cast):
    seen = part_seen_by(paul, batch).plan_sha256
    see_research_too(paul, cast)
    with pytest.raises(Refused, match="Read it again"):
        agree(batch, paul, plan=seen)
    assert agree(batch, paul, plan=batch.plan_sha256) == 2


def test_a_line_that_left_their_sight_since_they_looked_takes_another_look(batch, paul, cast):
    grant = see_research_too(paul, cast)
    seen = part_seen_by(paul, batch).plan_sha256
    assert seen == batch.plan_sha256
    grant.delete()
    with pytest.raises(Refused, match="Read it again"):
        agree(batch, paul, plan=seen)
    assert not Approval.objects.exists()


def test_sent_twice_it_counts_once_by_the_hash_of_the_part(batch, paul):
    actor = Actor(by=paul, now=LATER, via="page")
    given = ApproveInputs(plan_sha256=part_seen_by(paul, batch).plan_sha256)
    assert APPROVE.do_once(batch, given, actor) is True
    assert APPROVE.do_once(batch, given, actor) is False
    assert Approval.objects.count() == 2


def test_their_no_ends_their_lines_and_the_batch_goes_on_by_its_own_rule(cast, paul):
    batch = mixed(cast, on_failure=OnFailure.CARRY_ON)
    reject_batch(batch, by=paul, reason="Not these.", now=LATER)
    advance(batch, now=LATER)
    assert states_of(batch) == ["rejected", "rejected", "pending"]
    batch.refresh_from_db()
    assert batch.stopped_at is None
    actor = Actor(by=paul, now=LATER, via="page")
    assert REJECT.do_once(batch, RejectInputs(reason="Not these."), actor) is False


def test_their_no_stops_a_careful_batch_and_tells_nobody_which_line_it_was(batch, paul):
    reject_batch(batch, by=paul, reason="Not these.", now=LATER)
    advance(batch, now=LATER)
    batch.refresh_from_db()
    assert batch.stopped_why == "One of its changes is rejected."
    assert states_of(batch) == ["rejected", "rejected", "cancelled"]
    [rest] = Change.objects.filter(state="cancelled")
    assert rest.outcome == "Not begun. BR-1 was stopped: One of its changes is rejected."


def test_an_administrator_of_one_account_takes_back_its_lines_alone(batch, cast):
    petra = make_person("petra", Role.ADMINISTRATOR, accounts=(cast.payments,))
    assert may_cancel_batch(petra, batch).allowed
    cancel_batch(batch, by=petra, reason="", now=LATER)
    assert states_of(batch) == ["cancelled", "cancelled", "pending"]
    batch.refresh_from_db()
    assert batch.stopped_at is None


def test_a_refusal_is_about_lines_that_are_seen(batch, cast):
    rita = make_person("rita", Role.VIEWER, accounts=(cast.payments,))
    reasons = " ".join(may_cancel_batch(rita, batch).reasons)
    assert "research" not in reasons
    assert "CR-3" not in reasons


def test_only_what_is_seen_is_put_back(batch, paul, cast):
    Change.objects.filter(key__account=cast.research).update(state="done")
    batch.ended_at = LATER
    assert not may_put_back(batch, by=paul).allowed
    assert lines_back(batch, by=paul) == ()
    assert len(lines_back(batch, by=cast.ana)) == 1
