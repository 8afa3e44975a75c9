"""Each line of a batch is held to today's rules as well."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import User

from keyconsole.changes.batches.advance import CHECK_EVERY, advance
from keyconsole.changes.batches.decide import approve_batch, may_approve_batch
from keyconsole.changes.batches.progress import batch_progress
from keyconsole.changes.models import Batch, Change
from keyconsole.notifications.models import Delivery
from keyconsole.policies.document.rules import Rule, Rules, Selector
from keyconsole.policies.quorum.requirements import Requirement
from tests.cast import NOW, hold
from tests.changes.approvals.teams import check_everything_that_waits, join
from tests.changes.batches.given import ask_for, lines_of, make_keys, one_approver, states_of

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(minutes=10)


@pytest.fixture
def batch(cast) -> Batch:
    """Three keys of payments, approved by Ben; nothing has begun."""
    one_approver()
    found = ask_for(make_keys(cast.payments, 3), cast)
    approve_batch(found, by=cast.ben, plan_sha256=found.plan_sha256, now=NOW)
    return found


def tighten(**over):
    facts = {"name": "payments", "applies_to": Selector(accounts=("111122223333",)), **over}
    return hold(Rules(**{"rule": Rule.APPROVE, "requirements": (Requirement("", 1),), **facts}))


def released(batch):
    return [line.ref for line in lines_of(batch) if line.released_at]


def test_a_policy_that_is_frozen_holds_every_line_and_nobody_looks_every_second(batch):
    tighten(frozen="Audit week.")
    batch.refresh_from_db()
    assert advance(batch, now=LATER) == LATER + CHECK_EVERY
    assert released(batch) == []
    tighten()
    advance(batch, now=LATER)
    assert len(released(batch)) == 3


def test_lines_of_which_todays_rules_ask_more_go_back_and_the_batch_can_be_approved_again(
    batch, cast, settings
):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    User.objects.filter(username="bea").update(email="bea@example.com")
    join("security", cast.bea)
    hold(
        Rules(
            name="second",
            rule=Rule.APPROVE,
            applies_to=Selector(accounts=("111122223333",), aliases=("card-02",)),
            requirements=(Requirement("security", 1),),
        )
    )
    check_everything_that_waits(now=LATER)
    assert states_of(batch) == ["approved", "approved", "pending"]
    for minutes in range(3):
        advance(Batch.objects.get(), now=LATER + timedelta(minutes=minutes))
    assert released(batch) == []
    [told] = Delivery.objects.filter(person=cast.bea, subject__contains="by today's rules")
    assert "second version 1 holds since" in told.body
    [needed] = batch_progress(batch, lines_of(batch)).needed
    assert (needed.lines, needed.missing, needed.people) == (1, "1 of security", ("bea",))
    assert needed.because.startswith("second version 1 holds since")
    assert not may_approve_batch(cast.ben, batch, now=LATER).allowed
    approve_batch(batch, by=cast.bea, plan_sha256=batch.plan_sha256, now=LATER)
    assert states_of(batch) == ["approved"] * 3
    advance(Batch.objects.get(), now=LATER)
    assert len(released(batch)) == 3


def test_a_line_that_had_its_turn_loses_it(batch):
    advance(Batch.objects.get(), now=NOW)
    assert len(released(batch)) == 3
    tighten(allowed_regions=("us-west-2",))
    advance(Batch.objects.get(), now=LATER)
    assert released(batch) == []
    assert Change.objects.filter(state="approved").count() == 3
