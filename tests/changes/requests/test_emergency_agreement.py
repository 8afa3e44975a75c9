"""While one emergency of a person is not reviewed, a second waits for another member of the group."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction

from keyconsole.audit.models import Entry
from keyconsole.changes.approvals.decide import approve
from keyconsole.changes.approvals.inbox import needing, wanted
from keyconsole.changes.approvals.run_gate import RunDecision, gate
from keyconsole.changes.models import Change, EmergencyAgreement, Review
from keyconsole.changes.requests.break_glass import break_glass, may_break_glass, review
from keyconsole.changes.requests.create import MoveRequest
from keyconsole.changes.requests.emergency_agreement import agree, may_agree
from keyconsole.changes.requests.request import cancel
from keyconsole.notifications.models import Delivery
from keyconsole.refusals import Refused
from tests.cast import NOW, Member, make_key
from tests.changes.approvals.teams import check_everything_that_waits, give, hold_for_payments, join

pytestmark = pytest.mark.django_db
WHY = "It has to leave us-east-1 within the hour."


@pytest.fixture
def on_call(cast, settings):
    """Ana and Cleo are on call; Ben and Bea approve."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    for person in (cast.ana, cast.ben, cast.bea, cast.cleo):
        User.objects.filter(pk=person.pk).update(email=f"{person.username}@example.com")
    hold_for_payments(cast, emergency_group="on-call")
    join("on-call", cast.ana, cast.cleo)
    return cast


@pytest.fixture
def other_key(cast):
    return make_key(cast.payments, f"mrk-{7:032x}", Member("us-east-1"), Member("eu-west-1"))


def use(key, by, token):
    wish = MoveRequest(key=key, to_region="eu-west-1", by=by, reason=WHY, token=token)
    return break_glass(wish, reauthenticated_at=NOW, now=NOW)


@pytest.fixture
def first(on_call, inventory):
    return use(inventory.card_vault, on_call.ana, "first")


@pytest.fixture
def second(first, on_call, other_key):
    return use(other_key, on_call.ana, "second")


def again(change):
    return Change.objects.select_related("key__account", "requester", "batch").get(pk=change.pk)


def consent(change, by, **over):
    facts = {"plan_sha256": change.plan_sha256, "reauthenticated_at": NOW, "now": NOW, **over}
    agree(again(change), by=by, **facts)


def test_the_first_runs_at_once_and_the_second_waits(first, second):
    assert (first.state, second.state) == ("approved", "pending")
    assert second.agreement.unreviewed == first
    assert not Review.objects.filter(change=second).exists()
    asked = Entry.objects.get(event="emergency.member_asked")
    assert (asked.subject, asked.data["unreviewed"], asked.data["members"]) == (
        second.ref,
        first.ref,
        ["cleo"],
    )
    assert not Entry.objects.filter(event="emergency.used", subject=second.ref).exists()


def test_another_member_agrees_and_it_runs(second, on_call):
    consent(second, on_call.cleo, comment="I saw the page.")
    change = again(second)
    assert (change.state, gate(change, now=NOW).decision) == ("approved", RunDecision.RUN)
    row = EmergencyAgreement.objects.get()
    assert (row.member, row.plan_sha256, row.comment) == (on_call.cleo, change.plan_sha256, "I saw the page.")
    assert change.review.used_by == on_call.ana
    told = Entry.objects.get(event="emergency.agreed")
    assert (told.actor, told.data["comment"]) == ("cleo", "I saw the page.")
    assert Entry.objects.get(event="emergency.used", subject=change.ref).actor == "ana"


def test_the_member_hears_of_it_and_those_skipped_only_once_it_runs(second, on_call):
    told = Delivery.objects.filter(subject__startswith=second.ref)
    assert list(told.values_list("topic", "person__username")) == [("emergency.needs_you", "cleo")]
    consent(second, on_call.cleo)
    used = told.filter(topic="emergency.used")
    assert set(used.values_list("person__username", flat=True)) == {"ben", "bea"}


@pytest.mark.parametrize("name", ["ana", "ben", "bea", "dan", "ada"])
def test_nobody_else_may_agree(second, on_call, name):
    person = getattr(on_call, name)
    assert not may_agree(person, again(second), now=NOW).allowed
    with pytest.raises(Refused):
        consent(second, person)
    assert again(second).state == "pending"


def test_the_database_keeps_the_requester_from_agreeing(second, on_call):
    with pytest.raises(IntegrityError), transaction.atomic():
        EmergencyAgreement.objects.update(member=on_call.ana)


@pytest.mark.parametrize(
    ("over", "words"),
    [
        ({"reauthenticated_at": None}, "Prove first that it is you"),
        ({"reauthenticated_at": NOW - timedelta(minutes=6)}, "Prove first that it is you"),
        ({"plan_sha256": "0" * 64}, "is not the plan of"),
        ({"now": NOW + timedelta(hours=72), "reauthenticated_at": NOW + timedelta(hours=72)}, "too long"),
    ],
)
def test_it_takes_a_fresh_proof_and_the_plan_in_time(second, on_call, over, words):
    with pytest.raises(Refused, match=words):
        consent(second, on_call.cleo, **over)
    assert again(second).state == "pending"


def test_who_left_the_group_no_longer_counts(second, on_call):
    on_call.cleo.memberships.all().delete()
    with pytest.raises(Refused, match="Only another member of on-call"):
        consent(second, on_call.cleo)


def test_approvers_can_not_let_it_run(second, on_call):
    for person in (on_call.ben, on_call.bea):
        with pytest.raises(Refused, match="nobody is asked to approve it"):
            approve(again(second), by=person, plan_sha256=second.plan_sha256, now=NOW)
    check_everything_that_waits(now=NOW + timedelta(minutes=1))
    assert again(second).state == "pending"


def test_it_expires_like_every_request_and_owes_no_review(second):
    check_everything_that_waits(now=NOW + timedelta(hours=72))
    assert again(second).state == "expired"
    assert Review.objects.count() == 1


def test_agreed_once_is_agreed(second, on_call):
    join("on-call", on_call.bea)
    consent(second, on_call.cleo)
    with pytest.raises(Refused, match="does not wait for a member's agreement"):
        consent(second, on_call.bea)


def test_what_was_cancelled_takes_no_agreement(second, on_call):
    cancel(again(second), by=on_call.ana, reason="Over.", now=NOW)
    with pytest.raises(Refused, match="does not wait for a member's agreement"):
        consent(second, on_call.cleo)


def test_a_review_opens_the_path_again(first, on_call, other_key):
    review(first, by=on_call.bea, was_right=True, comment="It was one.", now=NOW)
    assert use(other_key, on_call.ana, "second").state == "approved"


def test_a_third_waits_too_although_a_member_agreed_to_the_second(first, second, on_call, cast):
    consent(second, on_call.cleo)
    key = make_key(cast.payments, f"mrk-{8:032x}", Member("us-east-1"), Member("eu-west-1"))
    assert use(key, on_call.ana, "third").state == "pending"


def test_it_is_one_persons_count_and_not_the_groups(first, on_call, other_key):
    give(on_call.cleo, "requester")
    assert use(other_key, on_call.cleo, "hers").state == "approved"


def test_where_nobody_else_is_there_it_is_refused_beforehand(first, on_call, other_key):
    on_call.cleo.memberships.all().delete()
    assert "nobody else is there" in str(
        may_break_glass(on_call.ana, other_key, to_region="eu-west-1", now=NOW).reasons
    )
    with pytest.raises(Refused, match=f"emergency {first.ref} is not reviewed yet"):
        use(other_key, on_call.ana, "second")


def test_of_two_at_the_same_moment_the_database_lets_one_run_alone(first, second, on_call, monkeypatch):
    """As if the second had looked for an unreviewed one before the first was stored."""
    with pytest.raises(IntegrityError), transaction.atomic():
        Review.objects.create(change=second, used_by=on_call.ana, opened_at=NOW, due_at=NOW, ran_alone=True)


def test_it_stands_in_the_members_inbox_and_in_no_approvers(second, on_call):
    [found] = needing(on_call.cleo)
    assert (found, wanted(found)) == (second, "your agreement")
    assert second not in needing(on_call.ben)
    assert second not in needing(on_call.ana)


def test_one_that_waits_gives_way_to_an_emergency_of_somebody_else(second, on_call, other_key):
    give(on_call.cleo, "requester")
    change = use(other_key, on_call.cleo, "hers")
    assert (change.state, again(second).state) == ("approved", "cancelled")
    assert again(second).superseded_by == change
