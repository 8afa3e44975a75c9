"""Twenty keys over real HTTP, in waves: a seventh that fails, a window that closes, and the way back."""

from __future__ import annotations

from datetime import timedelta

import pytest

from keyconsole.audit.models import Entry
from keyconsole.audit.verification import first_broken_entry
from keyconsole.changes.batches.advance import advance
from keyconsole.changes.batches.decide import approve_batch
from keyconsole.changes.batches.put_back import lines_back, may_put_back, put_back
from keyconsole.changes.batches.waves import AT_MOST
from keyconsole.changes.execution.close import agree, close
from keyconsole.changes.models import Attempt, Batch, Change, OnFailure
from keyconsole.inventory.models import MultiRegionKey
from keyconsole.notifications.models import Delivery, Route
from keyconsole.policies.document.rules import Rule, Rules, Window
from keyconsole.policies.models import PolicyVersion
from keyconsole.policies.quorum.requirements import Requirement
from keyconsole.policies.schedule.freeze import freeze, lift
from keyconsole.refusals import Refused
from tests.cast import hold
from tests.changes.batches.given import (
    ask_for,
    carry_on,
    lines_of,
    one_approver,
    sandbox_keys,
    states_of,
    step,
)
from tests.changes.conftest import PRIMARY, REPLICA, moves_sent, point_at, watch

pytestmark = pytest.mark.django_db


@pytest.fixture
def payments(kms, cast):
    point_at(cast.payments, kms)
    return cast.payments


@pytest.fixture
def twenty(kms, payments):
    return sandbox_keys(kms, payments, 20)


def break_key(aws, key: MultiRegionKey) -> None:
    """Somebody disables its replica at AWS after the request: the plan no longer holds."""
    aws.client(key.account.account_id, REPLICA).disable_key(KeyId=key.key_id)


def test_twenty_keys_move_in_waves_of_four(kms, twenty, cast, clock):
    batch = ask_for(twenty, cast, now=clock())
    waves = carry_on(batch, clock, steps=6)
    assert waves == [[1, 2, 3, 4], [5, 6, 7, 8], [9, 10, 11, 12], [13, 14, 15, 16], [17, 18, 19, 20]]
    assert states_of(batch) == ["done"] * 20
    assert moves_sent(kms) == 20
    assert {key.primary_region for key in MultiRegionKey.objects.all()} == {REPLICA}
    assert Entry.objects.filter(event="batch.wave_begun").count() == 5
    assert Entry.objects.get(event="batch.ended").data == {"done": 20}
    assert first_broken_entry() is None


def test_a_failing_seventh_stops_what_has_not_begun(kms, twenty, cast, clock, aws):
    Route.objects.create(
        name="ops", kind="webhook", url_env="OPS", topics=[], added_at=clock(), added_by="ada"
    )
    batch = ask_for(twenty, cast, now=clock())
    break_key(aws, twenty[6])
    waves = carry_on(batch, clock, steps=6)
    assert waves == [[1, 2, 3, 4], [5, 6, 7, 8]]
    assert states_of(batch) == ["done"] * 6 + ["stale", "done"] + ["cancelled"] * 12
    assert moves_sent(kms) == 7
    assert batch.stopped_why == "One of its changes is stale."
    assert lines_of(batch)[19].outcome == "Not begun. BR-1 was stopped: One of its changes is stale."
    assert Entry.objects.filter(event="batch.stopped").count() == 1
    [told] = Delivery.objects.filter(topic="change.ended")
    assert told.subject == "BR-1 has ended: 12 cancelled, 7 done, 1 stale"


def test_a_failing_seventh_does_not_hold_a_batch_that_carries_on(kms, twenty, cast, clock, aws):
    batch = ask_for(twenty, cast, now=clock(), on_failure=OnFailure.CARRY_ON)
    break_key(aws, twenty[6])
    carry_on(batch, clock, steps=8)
    assert states_of(batch) == ["done"] * 6 + ["stale"] + ["done"] * 13
    assert moves_sent(kms) == 19
    assert batch.stopped_at is None


def test_a_refusal_by_aws_itself_stops_it_too(kms, twenty, cast, clock):
    batch = ask_for(twenty, cast, now=clock())
    step(batch, clock)
    kms.fault("deny", operation="UpdatePrimaryRegion", times=1)
    carry_on(batch, clock, steps=4)
    states = states_of(batch)
    assert states[:4] == ["done"] * 4
    assert sorted(states[4:8]) == ["done"] * 3 + ["not_applied"]
    assert states[8:] == ["cancelled"] * 12


def test_stale_reads_beyond_the_deadline_fail_no_line_of_a_batch_and_stop_nothing(
    soon, kms, twenty, cast, clock
):
    batch = ask_for(twenty, cast, now=clock())
    kms.fault("stale-reads", account=cast.payments.account_id)
    step(batch, clock)
    for line in lines_of(batch)[:4]:
        watch(line, clock, minutes=3)
    assert states_of(batch)[:4] == ["settling"] * 4
    advance(batch, now=clock())
    assert states_of(batch)[4:] == ["approved"] * 16
    kms.clear_faults()
    carry_on(batch, clock, steps=8)
    assert states_of(batch) == ["done"] * 20
    assert moves_sent(kms) == 20


@pytest.mark.parametrize(
    ("on_failure", "rest"), [(OnFailure.STOP, "cancelled"), (OnFailure.CARRY_ON, "done")]
)
def test_a_line_that_two_people_close_as_unknown_frees_its_batch(
    soon, kms, payments, cast, clock, on_failure, rest
):
    keys = sandbox_keys(kms, payments, 6)
    batch = ask_for(keys, cast, now=clock(), on_failure=on_failure)
    kms.fault("ignore", operation="UpdatePrimaryRegion", times=1)
    step(batch, clock)
    [stuck] = [line for line in lines_of(batch) if line.state == "settling"]
    stuck = watch(stuck, clock, minutes=2)
    close(stuck, by=cast.ada, reason="Nobody can tell.", now=clock())
    agree(stuck, by=cast.ben, now=clock())
    carry_on(batch, clock, steps=6)
    assert sorted(states_of(batch)) == sorted(["done"] * 3 + ["unknown"] + [rest] * 2)
    assert {line.ref for line in lines_of(batch) if line.state == "unknown"} == {stuck.ref}
    if on_failure == OnFailure.STOP:
        assert batch.stopped_why == "One of its changes is closed as unknown."
    [ended] = Entry.objects.filter(event="batch.ended")
    assert ended.data["unknown"] == 1
    assert stuck.key not in {line.key for line in lines_back(batch, by=cast.ana)}


def test_while_a_wave_is_under_way_a_careful_batch_begins_no_other(kms, twenty, cast, clock):
    batch = ask_for(twenty, cast, now=clock())
    for _ in range(3):
        advance(batch, now=clock())
        clock.pass_time(seconds=30)
    assert sum(bool(line.released_at) for line in lines_of(batch)) == AT_MOST


def test_one_that_carries_on_begins_the_next_a_second_after_the_calls_were_answered(twenty, cast, clock):
    batch = ask_for(twenty, cast, now=clock(), on_failure=OnFailure.CARRY_ON)
    advance(batch, now=clock())
    wave = [line for line in lines_of(batch) if line.released_at]
    for line in wave:
        Attempt.objects.create(
            change=line,
            plan_sha256=line.plan_sha256,
            to_region=REPLICA,
            started_at=clock(),
            answered_at=clock(),
            answer="success",
        )
        Change.objects.filter(pk=line.pk).update(state="settling")
    clock.pass_time(seconds=0.9)
    advance(batch, now=clock())
    assert sum(bool(line.released_at) for line in lines_of(batch)) == 4
    clock.pass_time(seconds=0.2)
    advance(batch, now=clock())
    assert sum(bool(line.released_at) for line in lines_of(batch)) == 8


def test_two_batches_of_one_account_share_its_quota(twenty, cast, clock):
    for number, keys in enumerate((twenty[:10], twenty[10:])):
        ask_for(keys, cast, now=clock(), token=f"b{number}", on_failure=OnFailure.CARRY_ON)
    for batch in Batch.objects.all():
        advance(batch, now=clock())
    assert Change.objects.exclude(released_at=None).count() == AT_MOST


def test_a_window_that_closes_in_the_middle_holds_the_rest_until_it_opens(kms, twenty, cast, clock):
    PolicyVersion.objects.all().delete()
    clock.now = clock.now.replace(hour=10, minute=0)
    day = Window(
        days=("mon", "tue", "wed", "thu", "fri", "sat", "sun"), start="09:00", end="10:03", time_zone="UTC"
    )
    hold(Rules(name="mornings", rule=Rule.CONFIRM, windows=(day,), approval_lives_hours=72))
    batch = ask_for(twenty, cast, now=clock())
    assert len(step(batch, clock)) == 4
    assert len(step(batch, clock)) == 4
    clock.now = clock.now.replace(hour=10, minute=2, second=59)
    advance(batch, now=clock())
    clock.pass_time(seconds=2)
    assert step(batch, clock) == [], "the wave that had its turn as the window closed is taken back"
    assert states_of(batch) == ["done"] * 8 + ["approved"] * 12
    assert moves_sent(kms) == 8
    clock.now = (clock.now + timedelta(days=1)).replace(hour=9, minute=0)
    MultiRegionKey.objects.update(last_seen_at=clock.now)
    carry_on(batch, clock, steps=4)
    assert states_of(batch) == ["done"] * 20


def test_a_freeze_in_the_middle_holds_the_rest_until_it_is_lifted(kms, twenty, cast, clock):
    batch = ask_for(twenty[:8], cast, now=clock())
    step(batch, clock)
    held = freeze(by=cast.ada, why="An incident.", now=clock())
    assert step(batch, clock) == []
    assert states_of(batch) == ["done"] * 4 + ["approved"] * 4
    lift(held, by="ada", because="It is over", now=clock())
    carry_on(batch, clock, steps=2)
    assert states_of(batch) == ["done"] * 8


def test_nothing_is_sent_before_the_whole_plan_is_approved(kms, twenty, cast, clock):
    one_approver()
    batch = ask_for(twenty, cast, now=clock())
    assert step(batch, clock) == []
    approve_batch(batch, by=cast.ben, plan_sha256=batch.plan_sha256, now=clock())
    carry_on(batch, clock, steps=6)
    assert states_of(batch) == ["done"] * 20


def test_put_back_asks_for_the_reverse_of_what_was_done_under_the_same_rules(kms, twenty, cast, clock, aws):
    batch = ask_for(twenty, cast, now=clock())
    assert may_put_back(batch, by=cast.ana).reasons == ("BR-1 has not ended yet.",)
    break_key(aws, twenty[6])
    carry_on(batch, clock, steps=6)
    PolicyVersion.objects.update(state="superseded")
    hold(Rules(name="strict", rule=Rule.APPROVE, requirements=(Requirement("", 1),)))
    back = put_back(batch, by=cast.ana, token="back", now=clock())
    assert back.puts_back == batch
    assert back.reason == "Put back what BR-1 moved."
    assert states_of(back) == ["pending"] * 7
    assert {(line.from_region, line.to_region) for line in lines_of(back)} == {(REPLICA, PRIMARY)}
    approve_batch(back, by=cast.bea, plan_sha256=back.plan_sha256, now=clock())
    carry_on(back, clock, steps=3)
    assert states_of(back) == ["done"] * 7
    assert {key.primary_region for key in MultiRegionKey.objects.all()} == {PRIMARY}


def test_a_batch_that_moved_nothing_has_nothing_to_put_back(twenty, cast, clock, aws):
    batch = ask_for(twenty[:1], cast, now=clock())
    break_key(aws, twenty[0])
    carry_on(batch, clock, steps=2)
    with pytest.raises(Refused, match="BR-1 has moved nothing that could be put back"):
        put_back(batch, by=cast.ana, token="back", now=clock())
