"""Real processes at the same change at the same moment."""

from __future__ import annotations

import pytest

from keyconsole.audit.models import Entry
from keyconsole.changes.models import Attempt
from tests.changes.conftest import moves_sent
from tests.changes.processes import closed, start, wait_until, worker

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.processes]


def test_eight_processes_execute_the_same_change_and_aws_gets_one_call(ask, kms):
    change = ask()
    rivals = [start("execute", change.ref) for _ in range(8)]
    for rival in rivals:
        assert rival.stdout is not None
        assert rival.stdout.readline() == "ready\n"
    for rival in rivals:
        assert rival.stdin is not None
        rival.stdin.write("go\n")
        rival.stdin.flush()
    for rival in rivals:
        rival.communicate(timeout=60)
    assert [rival.returncode for rival in rivals] == [0] * 8
    assert moves_sent(kms) == 1
    assert Attempt.objects.filter(change=change).count() == 1
    for event in ("change.claimed", "change.execution_started", "change.answered"):
        assert Entry.objects.filter(subject=change.ref, event=event).count() == 1


def test_two_workers_share_one_change(ask, kms):
    kms.settle_seconds(1)
    change = ask()
    with worker(), worker():
        wait_until(lambda: closed(change), seconds=60, what="the change is done")
    assert change.state == "done"
    assert moves_sent(kms) == 1
    assert Entry.objects.filter(subject=change.ref, event="change.done").count() == 1
