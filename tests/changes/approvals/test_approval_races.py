"""Votes, clocks and workers at the same change at the same moment, from processes of their own."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from keyconsole.audit.models import Entry
from keyconsole.audit.verification import first_broken_entry
from keyconsole.changes.batches.request import request_batch
from keyconsole.changes.models import Change, Rejection, Review
from keyconsole.changes.requests.request import request_move
from keyconsole.inventory.models import MultiRegionKey
from keyconsole.policies.document.rules import Runs
from keyconsole.policies.quorum.requirements import Requirement
from tests import processes
from tests.cast import Member, make_key
from tests.changes import person_process
from tests.changes.approvals.teams import agree, give, hold_for_payments, join

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.processes]
ROUNDS = 8
ONE = (Requirement("", 1),)


@pytest.fixture(scope="module")
def rivals(django_db_setup):
    """Eight of them; most tests let two meet."""
    with processes.rivals(*[(person_process.obey,)] * 8) as started:
        yield started


def meet(rivals, *deeds):
    """All at once; the refusals, empty where there was none."""
    now = timezone.now()
    for rival, deed in zip(rivals, deeds, strict=False):
        rival.say({"now": now, **deed})
    return [rival.hear() for rival, _ in zip(rivals, deeds, strict=False)]


@pytest.fixture
def keys(cast):
    return [
        make_key(
            cast.payments,
            f"mrk-{number:032x}",
            Member("us-east-1"),
            Member("eu-west-1"),
            seen_at=timezone.now(),
        )
        for number in range(ROUNDS)
    ]


@pytest.fixture
def ask_for(cast):
    def ask(key: MultiRegionKey) -> Change:
        return request_move(
            key,
            to_region="eu-west-1",
            by=cast.ana,
            reason="Closer to its users.",
            token=uuid.uuid4().hex,
            now=timezone.now(),
        )

    return ask


@pytest.fixture(autouse=True)
def _the_record_holds():
    yield
    assert first_broken_entry() is None


def events(change, name):
    return Entry.objects.filter(subject=change.ref, event=f"change.{name}").count()


def state_of(change):
    change.refresh_from_db()
    return change.state


def test_two_approvers_at_once_make_one_approved_change(rivals, keys, ask_for, cast):
    hold_for_payments(cast)
    for key in keys:
        change = ask_for(key)
        refused = meet(
            rivals,
            {"verb": "approve", "change": change.pk, "by": "ben"},
            {"verb": "approve", "change": change.pk, "by": "bea"},
        )
        assert refused == ["", ""]
        assert state_of(change) == "approved"
        assert change.approvals.count() == 2
        assert events(change, "approved") == 1
        assert (change.due_at is not None, change.lease) == (True, "")


def test_one_person_in_two_tabs_approves_once(rivals, keys, ask_for, cast):
    hold_for_payments(cast)
    for key in keys:
        change = ask_for(key)
        refused = meet(rivals, *[{"verb": "approve", "change": change.pk, "by": "ben"}] * 2)
        assert sorted(map(bool, refused)) == [False, True]
        assert "already" in "".join(refused)
        assert change.approvals.count() == 1
        assert events(change, "approval_given") == 1


def test_approve_against_reject_leaves_one_of_them(rivals, keys, ask_for, cast):
    hold_for_payments(cast, requirements=ONE)
    for key in keys:
        change = ask_for(key)
        approved, rejected = meet(
            rivals,
            {"verb": "approve", "change": change.pk, "by": "ben"},
            {"verb": "reject", "change": change.pk, "by": "bea"},
        )
        ended = state_of(change)
        # An approved change that did not run yet may still be rejected; a rejected one is never approved.
        assert ended == ("approved" if rejected else "rejected")
        assert Rejection.objects.filter(change=change).exists() == (not rejected)
        assert bool(approved) == (not change.approvals.exists())
        assert events(change, "approved") == (0 if approved else 1)


def test_the_last_vote_against_the_expiry_of_the_request(rivals, keys, ask_for, cast):
    hold_for_payments(cast, requirements=ONE)
    for key in keys:
        change = ask_for(key)
        expires = change.request_expires_at
        assert expires is not None
        refused, _ = meet(
            rivals,
            {
                "verb": "approve",
                "change": change.pk,
                "by": "ben",
                "now": expires - timedelta(milliseconds=1),
            },
            {"verb": "check", "change": change.pk, "now": expires},
        )
        assert state_of(change) == ("expired" if refused else "approved")
        assert change.approvals.count() == (0 if refused else 1)
        assert events(change, "approved") + events(change, "expired") == 1
        Change.objects.filter(pk=change.pk).update(state="cancelled")


def test_a_claim_against_the_expiry_of_the_approval(rivals, keys, ask_for, cast):
    hold_for_payments(cast, requirements=ONE)
    for key in keys:
        change = agree(ask_for(key), cast.ben, now=timezone.now())
        expires = change.approval_expires_at
        assert expires is not None
        refused, _ = meet(
            rivals,
            {"verb": "claim", "change": change.pk, "now": expires - timedelta(milliseconds=1)},
            {"verb": "check", "change": change.pk, "now": expires},
        )
        assert state_of(change) == ("expired" if refused else "executing")
        assert events(change, "claimed") + events(change, "expired") == 1
        Change.objects.filter(pk=change.pk).update(state="cancelled")


def test_withdrawing_against_the_claim(rivals, keys, ask_for, cast):
    hold_for_payments(cast, requirements=ONE)
    for key in keys:
        change = agree(ask_for(key), cast.ben, now=timezone.now())
        withdrawn, claimed = meet(
            rivals,
            {"verb": "withdraw", "change": change.pk, "by": "ben"},
            {"verb": "claim", "change": change.pk},
        )
        assert bool(withdrawn) != bool(claimed)
        assert state_of(change) == ("executing" if withdrawn else "pending")
        assert change.approvals.not_withdrawn().exists() == bool(withdrawn)
        assert events(change, "claimed") == (1 if withdrawn else 0)


def test_withdrawing_against_the_last_vote_never_leaves_it_approved_with_too_few(rivals, keys, ask_for, cast):
    hold_for_payments(cast, runs=Runs.BY_HAND)
    for key in keys:
        change = agree(ask_for(key), cast.ben, now=timezone.now())
        meet(
            rivals,
            {"verb": "withdraw", "change": change.pk, "by": "ben"},
            {"verb": "approve", "change": change.pk, "by": "bea"},
            {"verb": "check", "change": change.pk},
        )
        given = change.approvals.not_withdrawn().count()
        assert state_of(change) == ("approved" if given == 2 else "pending")


def test_eight_workers_claim_once(rivals, keys, ask_for, cast):
    hold_for_payments(cast)
    for key in keys:
        change = agree(ask_for(key), cast.ben, cast.bea, now=timezone.now())
        refused = meet(rivals, *[{"verb": "claim", "change": change.pk}] * 8)
        assert sorted(map(bool, refused)) == [False] + [True] * 7
        assert events(change, "claimed") == 1


@pytest.mark.parametrize("tabs", ["a double click", "two tabs"])
def test_a_request_from_twice_the_same_person_is_one_change(rivals, keys, cast, tabs):
    hold_for_payments(cast)
    for key in keys:
        tokens = [uuid.uuid4().hex] * 2 if tabs == "a double click" else [uuid.uuid4().hex, uuid.uuid4().hex]
        refused = meet(
            rivals, *({"verb": "request", "by": "ana", "key": key.pk, "token": token} for token in tokens)
        )
        assert Change.objects.filter(key=key).count() == 1
        if tabs == "a double click":
            assert refused == ["", ""]
        else:
            assert sorted(map(bool, refused)) == [False, True]
            assert "already under way for this key" in "".join(refused)


@pytest.fixture
def batch(keys, cast):
    hold_for_payments(cast)
    return request_batch(
        keys, to_region="eu-west-1", by=cast.ana, reason="Drill.", token=uuid.uuid4().hex, now=timezone.now()
    )


@pytest.mark.parametrize("verb", ["approve_batch", "cancel_batch"])
def test_a_decision_about_a_batch_and_words_about_its_lines_wait_for_each_other(rivals, batch, verb):
    by = "ben" if verb == "approve_batch" else "ana"
    lines = list(batch.changes.order_by("-number"))
    for _round in range(3 if verb == "approve_batch" else 1):
        batch.changes.get(number=lines[0].number).approvals.all().delete()
        talk = [{"verb": "comment", "change": line.pk, "by": "bea"} for line in lines[:7]]
        refused = meet(rivals, {"verb": verb, "batch": batch.pk, "by": by}, *talk)
        assert refused[1:] == [""] * 7
    held = {change.state for change in batch.changes.all()}
    assert held == ({"pending"} if verb == "approve_batch" else {"cancelled"})


def test_an_emergency_and_a_worker_at_the_same_change_exactly_one_has_it(rivals, keys, ask_for, cast):
    """Superseded and never claimed, or claimed and the emergency is told so."""
    hold_for_payments(cast, requirements=ONE, emergency_group="on-call")
    join("on-call", cast.bea)
    give(cast.bea, "requester")
    for key in keys:
        change = agree(ask_for(key), cast.ben, now=timezone.now())
        claimed, used = meet(
            rivals,
            {"verb": "claim", "change": change.pk},
            {"verb": "break_glass", "by": "bea", "key": key.pk, "token": uuid.uuid4().hex},
        )
        assert state_of(change) in {"executing", "cancelled"}
        emergency = Change.objects.filter(key=key, is_emergency=True).first()
        if change.state == "cancelled":
            assert (claimed != "", used, emergency is None) == (True, "", False)
            assert (change.superseded_by, events(change, "claimed")) == (emergency, 0)
        else:
            assert (claimed, emergency) == ("", None)
            assert f"{change.ref} is already under way for this key." in used
            assert events(change, "superseded") == 0
        Review.objects.update(reviewed_at=timezone.now(), reviewer=cast.ben)


def test_of_many_emergencies_of_one_person_at_once_one_runs_alone(rivals, keys, cast):
    hold_for_payments(cast, emergency_group="on-call")
    join("on-call", cast.ana, cast.cleo)
    told = meet(
        rivals,
        *({"verb": "break_glass", "by": "ana", "key": key.pk, "token": uuid.uuid4().hex} for key in keys),
    )
    busy = "Many others asked for changes at the same moment. Try again."
    assert set(told) <= {"", busy}
    made = Change.objects.filter(is_emergency=True)
    assert made.count() == told.count("") > 1
    assert made.filter(state="approved").count() == 1
    assert made.filter(state="pending", agreement__member=None).count() == made.count() - 1
