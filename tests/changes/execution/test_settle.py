from __future__ import annotations

from datetime import timedelta

import pytest

from keyconsole.audit.models import Entry
from keyconsole.changes.execution import execute, settle
from keyconsole.changes.execution.settle import pause_after
from keyconsole.changes.models import Change
from keyconsole.lease import take
from tests.changes.conftest import PRIMARY, REPLICA, THIRD, look_again, moves_sent, run, watch

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("picture", ["swapped", "two-replicas"])
def test_it_waits_while_aws_says_updating_and_then_is_done(ask, clock, kms, picture):
    kms.settle_seconds(60)
    kms.picture(picture)
    change = run(ask(), clock)
    assert change.state == "settling"
    kms.settle_seconds(0)
    assert look_again(change, clock, after=2).state == "done"


def test_a_look_that_is_not_due_yet_asks_aws_nothing(ask, clock, kms):
    kms.settle_seconds(60)
    change = run(ask(), clock)
    kms.reset_calls()
    look_again(change, clock, after=0.5)
    assert kms.calls()["total"] == 0


def test_of_two_workers_that_found_it_due_at_the_same_moment_one_looks(ask, clock, kms):
    kms.settle_seconds(60)
    change = run(ask(), clock)
    clock.pass_time(seconds=2)
    first, second = (Change.objects.select_related("key__account").get(pk=change.pk) for _ in range(2))
    settle.settle(first, clock=clock)
    kms.reset_calls()
    settle.settle(second, clock=clock)
    assert kms.calls()["total"] == 0
    assert sorted(set(change.observations.values_list("round", flat=True))) == [0, 1, 2]


def test_what_another_worker_holds_is_not_looked_at(ask, clock, kms):
    kms.settle_seconds(60)
    change = run(ask(), clock)
    clock.pass_time(seconds=2)
    theirs = Change.objects.get(pk=change.pk)
    assert take(theirs, now=clock(), lasts=settle.LEASE)
    kms.reset_calls()
    assert look_again(change, clock).lease == theirs.held
    assert kms.calls()["total"] == 0


def test_after_each_look_nobody_holds_it_and_the_next_is_due(ask, clock, kms):
    kms.settle_seconds(60)
    change = run(ask(), clock)
    assert (change.lease, change.due_at) == ("", clock() + timedelta(seconds=1))


def test_the_pause_grows_from_one_to_ten_seconds(ask, clock, kms):
    kms.settle_seconds(600)
    change = run(ask(), clock)
    pauses = []
    for _ in range(9):
        pauses.append(pause_after(change).total_seconds())
        change = look_again(change, clock, after=11)
    assert pauses == [1, 2, 3, 5, 8, 10, 10, 10, 10]


def test_past_its_deadline_it_raises_a_flag_once_and_goes_on(ask, clock, kms):
    kms.fault("never-settle")
    change = run(ask(), clock)
    change = look_again(change, clock, after=901)
    assert change.state == "settling"
    assert change.overdue_since
    change = look_again(change, clock, after=61)
    assert Entry.objects.filter(subject=change.ref, event="change.overdue").count() == 1
    kms.clear_faults()
    kms.settle_seconds(0)
    assert look_again(change, clock, after=61).state == "done"


@pytest.mark.parametrize("fault", ["timeout-after", "drop-after", "server-error-after"])
def test_an_answer_lost_after_aws_acted_ends_done_with_one_call(ask, clock, kms, fault):
    kms.fault(fault, operation="UpdatePrimaryRegion", seconds=0.2)
    change = run(ask(), clock)
    assert change.attempt.answer == "lost"
    assert change.state == "done"
    assert moves_sent(kms) == 1


@pytest.mark.parametrize("fault", ["timeout-before", "server-error"])
def test_an_answer_lost_before_aws_acted_is_never_sent_again(soon, ask, clock, kms, fault):
    kms.fault(fault, operation="UpdatePrimaryRegion", seconds=0.2)
    change = run(ask(), clock)
    assert change.state == "settling"
    change = watch(change, clock, minutes=4.5)
    assert change.state == "settling"
    assert change.overdue_since
    change = watch(change, clock, minutes=4)
    assert change.state == "not_applied"
    assert f"{PRIMARY} was the primary in every Region, in " in change.outcome
    answered = "AWS had answered with an error of its own (KMSInternalException, request"
    assert (answered if fault == "server-error" else "No answer to the call ever came.") in change.outcome
    assert moves_sent(kms) == 1


def test_a_move_that_somebody_takes_back_is_not_told_as_if_nothing_had_happened(
    soon, ask, clock, kms, key, aws
):
    kms.settle_seconds(600)
    change = run(ask(), clock)
    kms.settle_seconds(0)
    kms.desk.keys(key.account.account_id, THIRD)  # its settling has ended by now
    aws.client(key.account.account_id, REPLICA).update_primary_region(KeyId=key.key_id, PrimaryRegion=PRIMARY)
    change = watch(change, clock, minutes=8)
    assert change.state == "not_applied"
    assert change.outcome.startswith(f"{PRIMARY} was the primary in every Region, in ")
    assert change.outcome.endswith(f" {REPLICA} had been seen as the PRIMARY: somebody changed it again.")


def test_a_region_that_goes_dark_is_named_and_never_guessed(ask, clock, kms):
    kms.settle_seconds(60)
    change = run(ask(), clock)
    kms.settle_seconds(0)
    kms.fault("deny", operation="DescribeKey", region=THIRD)
    change = look_again(change, clock, after=901)
    assert change.state == "settling"
    assert f"Cannot read {THIRD}" in change.outcome
    kms.clear_faults()
    assert look_again(change, clock, after=61).state == "done"


def test_stale_reads_do_not_end_it(ask, clock, kms):
    kms.fault("stale-reads")
    change = run(ask(), clock)
    assert change.state == "settling"
    kms.clear_faults()
    assert look_again(change, clock, after=5).state == "done"


def test_a_yes_is_never_followed_by_not_applied_however_long_the_reads_are_stale(soon, ask, clock, kms):
    kms.fault("stale-reads")
    change = watch(run(ask(), clock), clock, minutes=15)
    assert change.state == "settling"
    assert change.overdue_since
    assert change.outcome.startswith("AWS answered yes at ")
    assert f"(request {change.attempt.request_id})." in change.outcome
    assert f"show {PRIMARY} as the primary. Reads of KMS may lag behind" in change.outcome
    kms.clear_faults()
    assert look_again(change, clock, after=61).state == "done"
    assert moves_sent(kms) == 1


@pytest.mark.parametrize("fault", ["timeout-after", "server-error-after"])
def test_a_lost_answer_with_stale_reads_beyond_the_deadline_ends_with_the_truth(soon, ask, clock, kms, fault):
    kms.fault("stale-reads")
    kms.fault(fault, operation="UpdatePrimaryRegion", seconds=0.2)
    change = watch(run(ask(), clock), clock, minutes=5)
    assert (change.state, change.attempt.answer) == ("settling", "lost")
    kms.clear_faults()
    assert look_again(change, clock, after=61).state == "done"


def test_a_yes_that_changed_nothing_goes_on_settling_and_says_what_is_known(soon, ask, clock, kms):
    """Nobody can tell it from reads that lag behind: it is for people to close it as unknown."""
    kms.fault("ignore", operation="UpdatePrimaryRegion")
    change = watch(run(ask(), clock), clock, minutes=12)
    assert change.state == "settling"
    assert change.outcome.startswith("AWS answered yes at ")


def test_a_look_that_shows_something_else_starts_the_time_of_agreement_anew(soon, ask, clock, kms):
    kms.fault("timeout-before", operation="UpdatePrimaryRegion", seconds=0.2)
    change = watch(run(ask(), clock), clock, minutes=4)
    kms.fault("deny", operation="DescribeKey", region=THIRD, times=1)
    change = watch(change, clock, minutes=4)
    assert change.state == "settling"
    assert watch(change, clock, minutes=4).state == "not_applied"


def test_a_clock_that_is_set_on_does_not_count_as_having_watched(soon, ask, clock, kms):
    kms.fault("timeout-before", operation="UpdatePrimaryRegion", seconds=0.2)
    change = watch(run(ask(), clock), clock, minutes=3)
    change = look_again(change, clock, after=9 * 3600)
    assert change.state == "settling"


def test_a_refusal_because_another_made_the_move_first_ends_with_the_truth(
    ask, clock, kms, key, aws, monkeypatch
):
    """Between our look and our call somebody else moves it: AWS says that our key is no primary."""
    from keyconsole.changes.execution import call, execute

    send = call.send

    def overtaken(change, session, **times):
        aws.move(key, to=REPLICA)
        return send(change, session, **times)

    monkeypatch.setattr(execute, "send", overtaken)
    change = run(ask(), clock)
    assert change.attempt.answer == "refused"
    assert change.state == "done"
    assert "already was the primary when AWS got our call" in change.outcome


@pytest.mark.parametrize(
    ("region", "what", "told"),
    [
        (PRIMARY, "disable_key", "was Disabled"),
        (REPLICA, "disable_key", "was Disabled"),
        (PRIMARY, "schedule_key_deletion", "was PendingDeletion"),
    ],
)
def test_what_somebody_does_to_the_keys_afterwards_does_not_keep_it_settling(
    ask, clock, kms, key, aws, region, what, told
):
    change = ask()
    execute.execute(change, clock=clock)
    getattr(aws.client(key.account.account_id, region), what)(KeyId=key.key_id)
    change = look_again(change, clock)
    assert change.state == "done"
    assert f"the key in {region} {told}" in change.outcome


def test_an_old_key_that_is_deleted_afterwards_does_not_keep_it_settling(ask, clock, kms, key):
    change = ask()
    execute.execute(change, clock=clock)
    kms.desk.keys(key.account.account_id, PRIMARY).pop(key.key_id)
    change = look_again(change, clock)
    assert change.state == "done"
    assert f"the key in {PRIMARY} was gone" in change.outcome
