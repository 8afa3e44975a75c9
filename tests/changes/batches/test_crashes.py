"""Real workers in the middle of a wave: killed, or several at once. Everything stands in a known state."""

from __future__ import annotations

import signal

import pytest

from keyconsole.audit.models import Entry
from keyconsole.audit.verification import first_broken_entry
from keyconsole.changes.models import Attempt, OnFailure
from tests.changes.batches.given import ask_for, sandbox_keys, states_of
from tests.changes.conftest import moves_sent, point_at
from tests.changes.processes import worker
from tests.patience import wait_until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.processes]


@pytest.fixture
def batch(kms, cast, clock):
    point_at(cast.payments, kms)
    keys = sandbox_keys(kms, cast.payments, 9)
    return lambda **over: ask_for(keys, cast, now=clock(), **over)


def ended(batch):
    batch.refresh_from_db()
    return batch.ended_at is not None


@pytest.mark.parametrize(
    ("step", "states"),
    [
        ("before-claim", ["done"] * 9),
        ("while-calling", ["done"] * 9),
        ("settle-before-conclusion", ["done"] * 9),
        ("after-attempt", ["not_applied"]),
    ],
)
def test_a_worker_killed_in_the_middle_of_a_wave_leaves_a_known_state(batch, kms, step, states):
    asked = batch()
    with worker(die_at=step) as doomed:
        assert doomed.wait() == -signal.SIGKILL
    with worker():
        wait_until(lambda: ended(asked), what=f"the batch has ended after a death {step}")
    found = states_of(asked)
    if len(states) == 1:
        # The one whose call nobody can vouch for ends the batch; its wave ended as it would have.
        assert found.count("not_applied") == 1
        assert found[4:] == ["cancelled"] * 5
    else:
        assert found == states
    assert moves_sent(kms) == found.count("done")
    assert Attempt.objects.count() == 9 - found.count("cancelled")
    assert first_broken_entry() is None


def test_three_workers_share_a_batch_and_aws_gets_one_call_a_key(batch, kms):
    asked = batch(on_failure=OnFailure.CARRY_ON)
    with worker(), worker(), worker():
        wait_until(lambda: ended(asked), what="the batch has ended")
    assert states_of(asked) == ["done"] * 9
    assert moves_sent(kms) == 9
    assert Entry.objects.filter(event="batch.ended").count() == 1
