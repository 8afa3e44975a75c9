"""Real processes at the same change at the same moment."""

from __future__ import annotations

import pytest

from keyconsole.audit.models import Entry
from keyconsole.changes.models import Attempt
from tests.changes import worker_process
from tests.changes.conftest import moves_sent
from tests.changes.processes import closed, worker
from tests.patience import wait_until
from tests.processes import rivals

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.processes]


def test_eight_processes_execute_the_same_change_and_aws_gets_one_call(ask, kms):
    change = ask()
    with rivals(*[(worker_process.step_once, change.ref)] * 8) as processes:
        for process in processes:
            process.say("go")
        assert [process.wait() for process in processes] == [0] * 8
    assert moves_sent(kms) == 1
    assert Attempt.objects.filter(change=change).count() == 1
    for event in ("change.claimed", "change.execution_started", "change.answered"):
        assert Entry.objects.filter(subject=change.ref, event=event).count() == 1


def test_two_workers_share_one_change(ask, kms):
    kms.settle_seconds(1)
    change = ask()
    with worker(), worker():
        wait_until(lambda: closed(change), what="the change is done")
    assert change.state == "done"
    assert moves_sent(kms) == 1
    assert Entry.objects.filter(subject=change.ref, event="change.done").count() == 1
