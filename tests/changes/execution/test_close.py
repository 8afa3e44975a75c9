"""A change that nobody can tell the end of: two people close it as unknown, and its key is free again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError

from keyconsole.audit.events import Event
from keyconsole.audit.models import Entry
from keyconsole.aws_accounts.grants import grant as give_role
from keyconsole.aws_accounts.roles import Role
from keyconsole.changes import notifications
from keyconsole.changes.actions.action import Actor
from keyconsole.changes.actions.change_actions import AGREE, CLOSE
from keyconsole.changes.actions.inputs import CloseInputs, NoInputs
from keyconsole.changes.approvals.inbox import needing
from keyconsole.changes.execution import settle
from keyconsole.changes.execution.call import Reply, record_answer
from keyconsole.changes.execution.close import agree, close
from keyconsole.changes.models import Answer, Change, Closing
from keyconsole.changes.states import State
from keyconsole.changes.transition import ForbiddenStepError, move
from keyconsole.inventory.models import MultiRegionKey
from keyconsole.lease import take
from keyconsole.refusals import Lost, Refused
from tests.changes.conftest import PRIMARY, REPLICA, look_again, run, watch
from tests.outside import Outside

pytestmark = pytest.mark.django_db
WHY = "AWS said yes, and for hours nothing moves."


@pytest.fixture
def overdue(soon, ask, clock, kms):
    """AWS said yes and did nothing; its deadline has passed."""
    kms.fault("ignore", operation="UpdatePrimaryRegion")
    change = watch(run(ask(), clock), clock, minutes=2)
    assert (change.state, bool(change.overdue_since)) == ("settling", True)
    return change


def fresh(change):
    return Change.objects.select_related("key__account", "requester").get(pk=change.pk)


def codes(verb, change, **by):
    with pytest.raises(Refused) as refused:
        verb(fresh(change), **by)
    return {reason.code.value for reason in refused.value.reasons}


def test_two_people_close_it_and_its_page_says_what_was_known_and_what_was_not(overdue, cast, clock):
    close(overdue, by=cast.ada, reason=WHY, now=clock())
    assert fresh(overdue).state == "settling"
    agree(overdue, by=cast.ben, now=clock())
    change = fresh(overdue)
    assert (change.state, change.lease, change.due_at) == ("unknown", "", None)
    assert change.outcome.startswith(
        f"Closed as unknown at {clock():%Y-%m-%d %H:%M:%S} UTC: ada asked for it, ben"
    )
    assert f"(request {change.attempt.request_id})" in change.outcome
    assert f"{PRIMARY} was PRIMARY and Enabled" in change.outcome
    assert "What came of the call was not known." in change.outcome
    assert change.outcome.endswith(f"The reason: {WHY}")
    events = Entry.objects.filter(subject=change.ref, event__in=["change.close_asked", "change.unknown"])
    told = {entry.event: (entry.actor, entry.data["reason"]) for entry in events}
    assert told == {"change.close_asked": ("ada", WHY), "change.unknown": ("ben", WHY)}


def test_who_asked_to_close_it_cannot_agree_not_even_as_an_approver(overdue, cast, clock):
    give_role(cast.ada, Role.APPROVER, None, by="ada", now=clock())
    close(overdue, by=cast.ada, reason=WHY, now=clock())
    assert codes(agree, overdue, by=cast.ada, now=clock()) == {"own-closing"}


def test_who_asked_for_the_change_cannot_agree_also_as_an_administrator(overdue, cast, clock):
    give_role(cast.ana, Role.ADMINISTRATOR, None, by="ada", now=clock())
    close(overdue, by=cast.ada, reason=WHY, now=clock())
    assert codes(agree, overdue, by=cast.ana, now=clock()) == {"own-request"}


def test_only_an_administrator_asks_and_only_one_of_the_approvers_or_administrators_agrees(
    overdue, cast, clock
):
    for person in (cast.ana, cast.ben, cast.cleo):
        assert codes(close, overdue, by=person, reason=WHY, now=clock()) == {"may-not-close"}
    assert codes(agree, overdue, by=cast.ben, now=clock()) == {"close-not-asked"}
    close(overdue, by=cast.ada, reason=WHY, now=clock())
    assert codes(agree, overdue, by=cast.cleo, now=clock()) == {"not-an-approver"}
    assert codes(agree, overdue, by=cast.dan, now=clock()) == {"not-an-approver"}


def test_the_database_holds_that_it_takes_two_people(overdue, cast, clock):
    with pytest.raises(IntegrityError):
        Closing.objects.create(
            change=overdue, asked_by=cast.ada, agreed_by=cast.ada, reason=WHY, asked_at=clock()
        )


def test_without_a_reason_nothing_is_asked(overdue, cast, clock):
    assert codes(close, overdue, by=cast.ada, reason=" ", now=clock()) == {"reason-missing"}
    assert not Closing.objects.exists()


def test_what_is_not_overdue_is_not_closed(ask, clock, kms, cast):
    kms.settle_seconds(600)
    change = run(ask(), clock)
    assert codes(close, change, by=cast.ada, reason=WHY, now=clock()) == {"not-overdue"}


def test_while_a_worker_looks_at_it_nobody_closes_it(overdue, cast, clock):
    close(overdue, by=cast.ada, reason=WHY, now=clock())
    clock.pass_time(seconds=61)
    looked_at = fresh(overdue)
    assert take(looked_at, now=clock(), lasts=settle.LEASE)
    assert codes(agree, overdue, by=cast.ben, now=clock()) == {"looked-at-now"}
    assert Closing.objects.get().agreed_at is None
    assert fresh(overdue).state == "settling"


def test_a_worker_whose_lease_has_ended_comes_late_and_writes_nothing(overdue, cast, clock, kms):
    close(overdue, by=cast.ada, reason=WHY, now=clock())
    clock.pass_time(seconds=61)
    late = fresh(overdue)
    assert take(late, now=clock(), lasts=settle.LEASE)
    clock.pass_time(seconds=91)
    agree(fresh(overdue), by=cast.ben, now=clock())
    before = fresh(overdue)
    entries, looks = Entry.objects.count(), before.observations.count()
    kms.clear_faults()
    settle.settle(late, clock=clock)
    after = fresh(overdue)
    assert (after.state, after.version, after.outcome) == ("unknown", before.version, before.outcome)
    assert (Entry.objects.count(), after.observations.count()) == (entries, looks)


def test_whoever_holds_no_lease_still_moves_nothing_that_is_in_flight(overdue, clock):
    with pytest.raises(ForbiddenStepError):
        move(overdue, to=State.UNKNOWN, event=Event.CHANGE_UNKNOWN, actor="ben", now=clock())


def test_a_second_click_counts_once_and_a_second_tab_finds_it_done(overdue, cast, clock):
    ada: Actor = {"by": cast.ada, "now": clock(), "via": "page"}
    ben: Actor = {"by": cast.ben, "now": clock(), "via": "page"}
    tabs = fresh(overdue), fresh(overdue)
    assert [CLOSE.do_once(tab, CloseInputs(reason=WHY), ada) for tab in tabs] == [True, False]
    tabs = fresh(overdue), fresh(overdue)
    assert [AGREE.do_once(tab, NoInputs(), ben) for tab in tabs] == [True, False]
    assert Entry.objects.filter(event="change.unknown").count() == 1


def test_of_a_worker_that_sees_the_end_and_a_person_who_agrees_the_first_counts(overdue, cast, clock, kms):
    close(overdue, by=cast.ada, reason=WHY, now=clock())
    tab = fresh(overdue)
    kms.clear_faults()
    kms.settle_seconds(0)
    with Outside(kms.url) as aws:
        aws.client(overdue.key.account.account_id, PRIMARY).update_primary_region(
            KeyId=overdue.key.key_id, PrimaryRegion=REPLICA
        )
    assert look_again(overdue, clock, after=61).state == "done"
    with pytest.raises((Refused, Lost)):
        agree(tab, by=cast.ben, now=clock())
    assert fresh(overdue).state == "done"
    assert Closing.objects.get().agreed_at is None


def test_those_who_could_agree_are_told_and_an_administrator_finds_it_in_their_inbox(
    overdue, cast, clock, monkeypatch
):
    told = {}
    monkeypatch.setattr(
        notifications,
        "announce",
        lambda _topic, *, people, subject, **_: told.update({each.username: subject for each in people}),
    )
    assert overdue in needing(cast.ada)
    close(overdue, by=cast.ada, reason=WHY, now=clock())
    assert set(told) == {"ben", "bea", "ana"}
    assert set(told.values()) == {
        f"ada asks to close {overdue.ref} as unknown: primary of card-vault from {PRIMARY} to {REPLICA}"
    }


def test_afterwards_the_key_can_be_asked_for_and_moved_again(overdue, ask, cast, clock, kms):
    close(overdue, by=cast.ada, reason=WHY, now=clock())
    agree(overdue, by=cast.ben, now=clock())
    kms.clear_faults()
    overdue.key.refresh_from_db()
    again = run(ask(token="t-2"), clock)
    assert again.ref != overdue.ref
    assert again.state == "done"
    assert MultiRegionKey.objects.get().primary_region == REPLICA


def test_a_late_answer_is_kept_and_opens_nothing_again(overdue, cast, clock):
    late = fresh(overdue)
    late.state, late.held = "executing", "the lease of a worker that stood still"
    close(overdue, by=cast.ada, reason=WHY, now=clock())
    agree(overdue, by=cast.ben, now=clock())
    record_answer(
        late, late.attempt, Reply(Answer.SUCCESS, request_id="late"), now=clock() + timedelta(hours=1)
    )
    assert fresh(overdue).state == "unknown"
    assert fresh(overdue).attempt.request_id == "late"
