"""The worker is killed at each step; another one starts; the truth comes out with at most one call."""

from __future__ import annotations

import signal

import pytest

from keyconsole.audit.verification import first_broken_entry
from tests.changes.conftest import REPLICA, moves_sent
from tests.changes.processes import closed, worker
from tests.changes.worker_process import STEPS
from tests.patience import wait_until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.processes]

NEVER_SENT = {"after-attempt"}


@pytest.mark.parametrize("step", STEPS)
def test_killed_at_each_step(step, ask, kms):
    change = ask()
    with worker(die_at=step) as doomed:
        assert doomed.wait() == -signal.SIGKILL
    with worker():
        wait_until(lambda: closed(change), what=f"the change is closed after a death {step}")
    assert moves_sent(kms) == (0 if step in NEVER_SENT else 1)
    assert change.state == ("not_applied" if step in NEVER_SENT else "done")
    change.key.refresh_from_db()
    assert (change.key.primary_region == REPLICA) == (change.state == "done")
    assert first_broken_entry() is None


def test_a_worker_that_is_asked_to_end_finishes_what_it_does(ask, kms):
    change = ask()
    with worker():
        wait_until(lambda: closed(change), what="the change is done")
    assert change.state == "done"
    assert moves_sent(kms) == 1
