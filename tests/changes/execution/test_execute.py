from __future__ import annotations

import pytest

from keyconsole.audit.models import Entry
from keyconsole.changes.execution import execute
from keyconsole.changes.execution.step import step
from keyconsole.changes.models import Attempt, Change
from keyconsole.inventory.models import Cause
from keyconsole.kms.policies import policy_digest
from keyconsole.policies.schedule.freeze import freeze
from tests.changes.approvals.teams import claim
from tests.changes.conftest import PRIMARY, REPLICA, THIRD, moves_sent, run, watch

pytestmark = pytest.mark.django_db


def events_of(change):
    return list(Entry.objects.filter(subject=change.ref).values_list("event", flat=True))


def test_the_replica_becomes_primary_with_one_call(ask, clock, kms, key):
    change = run(ask(), clock)
    assert change.state == "done"
    assert moves_sent(kms) == 1
    assert change.attempt.answer == "success"
    assert change.attempt.request_id
    key.refresh_from_db()
    assert key.primary_region == REPLICA


def test_each_step_stands_in_the_record_in_its_order(ask, clock):
    assert events_of(run(ask(), clock)) == [
        "change.requested",
        "change.approved",
        "change.claimed",
        "change.execution_started",
        "change.answered",
        "change.settling",
        "change.done",
    ]


def test_a_new_period_begins_and_names_the_change(ask, clock, key):
    change = run(ask(), clock)
    old, new = key.primary_periods.order_by("started_at")
    assert (old.region, new.region) == (PRIMARY, REPLICA)
    assert old.ended_at == new.started_at
    assert (new.cause, new.change_ref) == (Cause.CHANGE, change.ref)


def test_every_region_was_looked_at_before_and_after(ask, clock):
    change = run(ask(), clock)
    observations = {(look.round, look.region): look.role for look in change.observations.all()}
    assert observations == {
        (0, PRIMARY): "PRIMARY",
        (0, REPLICA): "REPLICA",
        (0, THIRD): "REPLICA",
        (1, PRIMARY): "REPLICA",
        (1, REPLICA): "PRIMARY",
        (1, THIRD): "REPLICA",
    }


def test_cloudtrail_shows_which_change_it_was(ask, clock, aws, cast):
    change = run(ask(), clock)
    trail = aws.client(cast.payments.account_id, PRIMARY, service="cloudtrail")
    by_name = [{"AttributeKey": "EventName", "AttributeValue": "UpdatePrimaryRegion"}]
    (event,) = trail.lookup_events(LookupAttributes=by_name)["Events"]
    assert f"keyconsole-{change.ref}" in event["CloudTrailEvent"]


@pytest.mark.parametrize(
    ("disturb", "words"),
    [
        (
            lambda kms, key: kms.set_state("111122223333", REPLICA, key.key_id, "Disabled"),
            "at the last look Disabled",
        ),
        (
            lambda kms, key: kms.set_state("111122223333", PRIMARY, key.key_id, "Disabled"),
            "at the last look Disabled",
        ),
    ],
)
def test_a_key_that_is_no_longer_as_planned_makes_it_stale_and_nothing_is_sent(
    ask, clock, kms, key, disturb, words
):
    change = ask()
    disturb(kms, key)
    change = run(change, clock)
    assert change.state == "stale"
    assert words in change.outcome
    assert "Nothing was sent" in change.outcome
    assert moves_sent(kms) == 0
    assert not Attempt.objects.filter(change=change).exists()


def test_a_move_made_elsewhere_meanwhile_makes_it_stale(ask, clock, kms, key, aws):
    change = ask()
    aws.move(key, to=REPLICA)
    change = run(change, clock)
    assert change.state == "stale"
    assert change.outcome.startswith(
        f"Nothing was sent to AWS. {REPLICA} already was the primary, and this record held no call of this "
        "change: somebody had moved it elsewhere, or it was ours from before a backup was restored."
    )
    assert moves_sent(kms) == 1


def test_a_changed_policy_makes_it_stale(clock, kms, key, cast, ask):
    key.region_keys.filter(region=REPLICA).update(
        policy='{"Version":"2012-10-17","Statement":[]}', policy_sha256=policy_digest('{"Statement":[]}')
    )
    change = run(ask(), clock)
    assert change.state == "stale"
    assert f"The policy of the key in {REPLICA}" in change.outcome
    assert moves_sent(kms) == 0


def test_an_unread_third_region_does_not_stop_the_move(ask, clock, kms):
    kms.fault("deny", operation="DescribeKey", region=THIRD)
    change = run(ask(), clock)
    assert change.state == "done"
    assert f"Not read, neither before nor after: {THIRD}" in change.outcome


def test_a_way_in_that_the_operator_took_back_no_longer_leads_a_change_in(ask, clock, kms, cast):
    change = ask()
    cast.payments.origin = "page"
    cast.payments.save()
    execute.execute(Change.objects.get(pk=change.pk), clock=clock)
    change.refresh_from_db()
    assert change.state == "approved"
    assert "does not allow pages to choose them" in change.outcome
    assert moves_sent(kms) == 0


FAULTS_OF_A_LOOK = [
    {"name": "region-down", "region": REPLICA},
    {"name": "deny", "operation": "DescribeKey", "region": REPLICA},
    {"name": "deny", "operation": "DescribeKey", "region": PRIMARY},
    {"name": "expired-token", "operation": "DescribeKey"},
    {"name": "server-error", "operation": "DescribeKey", "region": PRIMARY},
    {"name": "role-missing"},
]


@pytest.mark.parametrize("fault", FAULTS_OF_A_LOOK, ids=lambda fault: "-".join(fault.values()))
def test_unknown_is_never_a_difference_and_never_an_end(ask, clock, kms, cast, fault):
    """It says that it cannot look, keeps its approval, and goes on when it can look again."""
    change = ask()
    kms.fault(**fault)
    for _ in range(3):
        execute.execute(Change.objects.get(pk=change.pk), clock=clock)
        clock.pass_time(minutes=6)
    change.refresh_from_db()
    assert (change.state, change.lease) == ("approved", "")
    assert change.outcome.startswith("The call was not sent to AWS yet: the key cannot be read first.")
    assert Entry.objects.filter(subject=change.ref, event="change.could_not_look").count() == 3
    assert moves_sent(kms) == 0
    kms.clear_faults()
    assert run(Change.objects.get(pk=change.pk), clock).state == "done"
    assert moves_sent(kms) == 1


def test_a_policy_that_cannot_be_read_is_unknown_and_no_difference(ask, clock, kms, key):
    policy = kms.desk.keys(key.account.account_id, REPLICA)[key.key_id].policy
    key.region_keys.filter(region=REPLICA).update(policy=policy, policy_sha256=policy_digest(policy))
    change = ask()
    kms.fault("deny", operation="GetKeyPolicy", region=REPLICA)
    assert run(change, clock).state == "approved"
    kms.clear_faults()
    clock.pass_time(seconds=10)
    assert run(Change.objects.get(pk=change.pk), clock).state == "done"


def test_it_looks_again_soon_and_then_less_often(ask, clock, kms):
    kms.fault("region-down", region=REPLICA)
    change, pauses = ask(), []
    for _ in range(9):
        execute.execute(Change.objects.get(pk=change.pk), clock=clock)
        change.refresh_from_db()
        pauses.append((change.due_at - clock()).total_seconds())
        clock.now = change.due_at
    assert pauses == [5, 10, 20, 40, 80, 160, 300, 300, 300]


def test_what_can_never_be_looked_at_ends_with_its_approval(ask, clock, kms):
    kms.fault("role-missing")
    change = ask()
    step(change, clock=clock)
    change.refresh_from_db()
    clock.now = change.approval_expires_at
    step(Change.objects.select_related("key__account", "requester", "batch").get(pk=change.pk), clock=clock)
    change.refresh_from_db()
    assert (change.state, change.outcome) == (
        "expired",
        "Expired. Its approval was not used in time. Nothing was sent to AWS.",
    )


def test_a_key_that_is_gone_is_a_difference(ask, clock, kms, monkeypatch):
    change = ask()
    kms.desk.keys(change.key.account.account_id, REPLICA).pop(change.key.key_id)
    change = run(change, clock)
    assert change.state == "stale"
    assert f"The key in {REPLICA} was gone." in change.outcome


def test_executing_twice_sends_once(ask, clock, kms):
    change = ask()
    same = Change.objects.get(pk=change.pk)
    execute.execute(change, clock=clock)
    execute.execute(same, clock=clock)
    assert moves_sent(kms) == 1


def test_a_cancelled_change_is_never_sent(ask, clock, kms, cast):
    from keyconsole.changes.requests.request import cancel

    change = ask()
    cancel(change, by=cast.ana, reason="not today", now=clock())
    assert run(change, clock).state == "cancelled"
    assert moves_sent(kms) == 0


def freeze_everything(change, cast, clock):
    freeze(by=cast.ada, why="Audit week.", now=clock())


def requester_leaves(change, cast, clock):
    cast.ana.role_grants.all().delete()


def nobody_has_run_it(change, cast, clock):
    Change.objects.filter(pk=change.pk).update(run_at=None)


def approval_is_too_old(change, cast, clock):
    Change.objects.filter(pk=change.pk).update(approval_expires_at=clock())


@pytest.mark.parametrize(
    "meanwhile", [freeze_everything, requester_leaves, nobody_has_run_it, approval_is_too_old]
)
def test_the_gate_is_asked_again_in_the_claim_and_what_may_not_run_is_given_back(
    ask, clock, kms, cast, meanwhile
):
    """Between the check that called it due and the claim."""
    change = ask()
    meanwhile(change, cast, clock)
    execute.execute(Change.objects.select_related("key__account").get(pk=change.pk), clock=clock)
    change.refresh_from_db()
    assert (change.state, change.lease) == ("approved", "")
    assert change.due_at > clock()
    assert kms.calls()["total"] == 0
    assert "change.claimed" not in events_of(change)


def test_a_worker_held_up_after_recording_does_not_send_late(ask, clock, kms, monkeypatch):
    from keyconsole.changes.execution import call

    monkeypatch.setattr(call, "SEND_WITHIN", -call.SEND_WITHIN)
    change = run(ask(), clock)
    assert moves_sent(kms) == 0
    assert change.state == "not_applied"
    assert change.attempt.answer == "not-sent"


def test_a_lost_worker_that_recorded_its_start_leaves_it_to_looking(soon, ask, clock, kms):
    """The crash between the record and the call: the next worker must not call."""
    change = ask()
    claim(change, now=clock())
    execute._commit_attempt(change, now=clock())
    clock.pass_time(seconds=91)
    change = run(Change.objects.get(pk=change.pk), clock)
    assert change.state == "settling"
    assert moves_sent(kms) == 0
    change = watch(change, clock, minutes=8)
    assert change.state == "not_applied"
    assert "No answer to the call ever came" in change.outcome


def test_a_lost_worker_that_had_only_claimed_is_replaced(ask, clock, kms):
    change = ask()
    claim(change, now=clock())
    clock.pass_time(seconds=60)
    execute.execute(Change.objects.get(pk=change.pk), clock=clock)
    assert moves_sent(kms) == 0, "the lease is still running"
    clock.pass_time(seconds=31)
    assert run(Change.objects.get(pk=change.pk), clock).state == "done"
    assert moves_sent(kms) == 1


def test_a_worker_that_lost_its_lease_while_looking_does_not_send(ask, clock, kms, monkeypatch):
    change = ask()
    commit = execute._commit_attempt

    def sleepy(change, *, now):
        Change.objects.filter(pk=change.pk).update(lease="another worker's")
        return commit(change, now=now)

    monkeypatch.setattr(execute, "_commit_attempt", sleepy)
    execute.execute(change, clock=clock)
    assert moves_sent(kms) == 0
    assert not Attempt.objects.exists()
