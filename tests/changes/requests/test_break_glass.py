"""The emergency path is narrow, loud and owed a review; it goes around approvals and around nothing else."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from keyconsole.audit.models import Entry
from keyconsole.changes.approvals.run_gate import RunDecision, gate
from keyconsole.changes.models import Change, Review
from keyconsole.changes.requests.break_glass import break_glass, may_break_glass, may_review, review
from keyconsole.changes.requests.create import MoveRequest
from keyconsole.notifications.models import Delivery
from keyconsole.policies.document.rules import Rule, Rules, Selector
from keyconsole.policies.schedule.freeze import freeze
from keyconsole.refusals import Refused
from tests.cast import NOW, hold
from tests.changes.approvals.teams import check_everything_that_waits, give, hold_for_payments, join

pytestmark = pytest.mark.django_db
WHY = "The on-call engineer cannot reach us-east-1, and replicas must be made tonight."


@pytest.fixture
def on_call(cast):
    """Payments needs two teams; Ana is on call."""
    hold_for_payments(cast, emergency_group="on-call")
    join("on-call", cast.ana)
    return cast


@pytest.fixture
def wish(inventory, cast):
    def make(**over):
        facts = {"key": inventory.card_vault, "to_region": "eu-west-1", "by": cast.ana, "reason": WHY}
        return MoveRequest(**{**facts, "token": f"e-{Change.objects.count()}", **over})

    return make


def use(wish, *, now=NOW, proved_at=NOW):
    return break_glass(wish, reauthenticated_at=proved_at, now=now)


def test_it_runs_at_once_without_a_single_approval(on_call, wish):
    change = use(wish())
    assert (change.state, change.is_emergency) == ("approved", True)
    assert change.approvals.count() == 0
    assert gate(change, now=NOW).decision == RunDecision.RUN


def test_nobody_uses_a_path_that_another_policy_may_not_have(on_call, wish, inventory):
    """Where nobody can tell which policy governs, nobody can tell whose emergency it is either."""
    gold = Rules("gold", Rule.CONFIRM, Selector(tags={"tier": "gold"}))
    hold(gold)
    inventory.card_vault.region_keys.update(details_at=None)
    with pytest.raises(Refused, match="nobody can tell whether gold governs it"):
        use(wish())
    inventory.card_vault.region_keys.update(details_at=NOW)
    assert use(wish()).is_emergency


def test_the_record_names_who_was_skipped_and_by_when_it_is_reviewed(on_call, wish):
    change = use(wish())
    told = Entry.objects.get(event="emergency.used")
    assert told.actor == "ana"
    assert told.data["skipped"] == ["bea", "ben"]
    assert told.data["review_due_at"] == (NOW + timedelta(hours=72)).isoformat()
    assert told.data["reason"] == WHY
    assert Entry.objects.get(event="change.approved").data["rule"] == "emergency"
    assert change.review.due_at == NOW + timedelta(hours=72)


def test_everybody_who_was_skipped_hears_of_it(on_call, wish, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    for person in (on_call.ben, on_call.bea, on_call.cleo):
        person.email = f"{person.username}@example.com"
        person.save()
    use(wish())
    told = Delivery.objects.filter(topic="emergency.used").values_list("person__username", flat=True)
    assert sorted(told) == ["bea", "ben"]


@pytest.mark.parametrize(
    ("proved_at", "allowed"),
    [
        (None, False),
        (NOW - timedelta(minutes=5, seconds=1), False),
        (NOW - timedelta(minutes=5), True),
        (NOW + timedelta(seconds=1), False),
    ],
)
def test_it_asks_for_a_fresh_proof_of_who_it_is(on_call, wish, proved_at, allowed):
    if allowed:
        assert use(wish(), proved_at=proved_at).state == "approved"
        return
    with pytest.raises(Refused, match="Prove first that it is you"):
        use(wish(), proved_at=proved_at)
    assert not Change.objects.exists()


@pytest.mark.parametrize("reason", ["", "urgent", " " * 40, "It burns" + " " * 30])
def test_a_thin_reason_is_refused(on_call, wish, reason):
    with pytest.raises(Refused, match="at least 20 characters"):
        use(wish(reason=reason))


@pytest.mark.parametrize("reason", ["x" * 2001, "It burns\x00 in us-east-1, truly it does.", "\u202e" + WHY])
def test_words_that_no_record_may_hold_are_refused(on_call, wish, reason):
    with pytest.raises(Refused):
        use(wish(reason=reason))
    assert not Entry.objects.filter(event="emergency.used").exists()


@pytest.mark.parametrize("name", ["ben", "cleo", "dan", "ada"])
def test_only_its_group_may_use_it(on_call, wish, name):
    with pytest.raises(Refused, match="Only members of on-call"):
        use(wish(by=getattr(on_call, name)))


def test_the_group_alone_is_not_enough_without_the_role(on_call, wish):
    join("on-call", on_call.dan)
    with pytest.raises(Refused, match="Your roles do not let you"):
        use(wish(by=on_call.dan))


def test_who_left_the_group_or_the_company_cannot_use_it(on_call, wish):
    on_call.ana.is_active = False
    on_call.ana.save()
    assert not may_break_glass(on_call.ana, wish().key, to_region="eu-west-1", now=NOW).allowed
    on_call.ana.is_active = True
    on_call.ana.save()
    on_call.ana.memberships.all().delete()
    with pytest.raises(Refused, match="Only members of on-call"):
        use(wish())


def test_without_a_group_in_the_policy_there_is_no_such_path(cast, wish):
    hold_for_payments(cast)
    with pytest.raises(Refused, match="has no emergency path"):
        use(wish())


def test_it_keeps_to_the_allowed_regions(cast, wish):
    hold_for_payments(cast, emergency_group="on-call", allowed_regions=("us-west-2",))
    join("on-call", cast.ana)
    with pytest.raises(Refused, match="allows primaries in us-west-2 only"):
        use(wish())


def test_it_keeps_to_the_preflight(on_call, wish, inventory):
    inventory.card_vault.region_keys.filter(region="eu-west-1").update(state="Disabled")
    with pytest.raises(Refused, match="is Disabled"):
        use(wish())


def test_a_freeze_does_not_hold_it(on_call, wish):
    freeze(by=on_call.ada, why="Audit week.", now=NOW)
    assert gate(use(wish()), now=NOW).decision == RunDecision.RUN


def test_it_does_not_overtake_a_change_that_is_under_way(on_call, wish):
    first = use(wish())
    with pytest.raises(Refused, match=f"{first.ref} is already under way"):
        use(wish())


def test_a_form_that_is_sent_twice_uses_it_once(on_call, wish):
    first, again = use(wish(token="same")), use(wish(token="same"))
    assert first == again
    assert Review.objects.count() == 1


def closed(change):
    """Over at AWS; only the review is left."""
    Change.objects.filter(pk=change.pk).update(state="done", closed_at=NOW)
    change.refresh_from_db()
    return change


def test_while_a_review_is_overdue_the_path_is_shut_for_that_person(on_call, wish):
    join("on-call", on_call.cleo)
    first = closed(use(wish()))
    just_before, due = first.review.due_at - timedelta(seconds=1), first.review.due_at
    assert may_break_glass(on_call.ana, first.key, to_region="us-west-2", now=just_before).allowed
    with pytest.raises(Refused, match=f"emergency {first.ref} is overdue"):
        use(wish(to_region="us-west-2"), now=due, proved_at=due)
    review(first, by=on_call.bea, was_right=True, comment="It was one.", now=due)
    assert use(wish(to_region="us-west-2"), now=due, proved_at=due).state == "approved"


def test_an_overdue_review_shuts_the_path_for_nobody_else(on_call, wish, cast):
    first = closed(use(wish()))
    join("on-call", cast.ben)
    give(cast.ben, "requester")
    later = first.review.due_at + timedelta(days=1)
    assert may_break_glass(cast.ben, first.key, to_region="us-west-2", now=later).allowed


def test_reviewers_are_reminded_when_it_is_due(on_call, wish, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    on_call.bea.email = "bea@example.com"
    on_call.bea.save()
    change = closed(use(wish()))
    check_everything_that_waits(now=change.review.due_at)
    check_everything_that_waits(now=change.review.due_at + timedelta(hours=1))
    reminders = Delivery.objects.filter(topic="review.due")
    assert reminders.values_list("person__username", flat=True).get() == "bea"


@pytest.mark.parametrize("was_right", [True, False])
def test_a_review_is_recorded_with_its_words(on_call, wish, was_right):
    change = use(wish())
    review(change, by=on_call.bea, was_right=was_right, comment="Read the log.", now=NOW)
    told = Entry.objects.get(event="emergency.reviewed")
    assert (told.actor, told.data["was_right"], told.data["comment"]) == ("bea", was_right, "Read the log.")
    with pytest.raises(Refused, match="no review to give"):
        review(change, by=on_call.ben, was_right=True, comment="Me too.", now=NOW)


def test_a_review_needs_words(on_call, wish):
    with pytest.raises(Refused, match="Say what you found"):
        review(use(wish()), by=on_call.bea, was_right=True, comment="  ", now=NOW)


@pytest.mark.parametrize("name", ["ana", "cleo", "dan", "ada"])
def test_only_whom_it_skipped_may_review_it(on_call, wish, name):
    assert not may_review(getattr(on_call, name), use(wish())).allowed


def test_the_one_who_used_it_never_reviews_it_in_whatever_group(on_call, wish):
    join("platform", on_call.ana)
    give(on_call.ana, "approver")
    change = use(wish())
    assert not may_review(on_call.ana, change).allowed
    with pytest.raises(IntegrityError), transaction.atomic():
        Review.objects.filter(change=change).update(reviewer=on_call.ana, reviewed_at=NOW)


def test_where_one_person_confirms_alone_an_approver_reviews(cast, wish):
    hold(Rules(name="alone", rule=Rule.CONFIRM, emergency_group="on-call", frozen="Audit week."))
    join("on-call", cast.ana)
    change = use(wish())
    assert may_review(cast.ben, change).allowed
    assert not may_review(cast.cleo, change).allowed
