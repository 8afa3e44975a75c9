"""Real workers beside an AWS account that does not answer: the moves of others go on all the same."""

from __future__ import annotations

import pytest

from keyconsole.changes.models import Attempt, Change
from keyconsole.changes.requests.request import request_move
from keyconsole.worker.models import Worker
from tests.changes.conftest import PRIMARY, REPLICA, THIRD, known_keys, moves_sent, point_at
from tests.changes.processes import closed, worker
from tests.patience import wait_until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.processes]

HANGING_CHANGES = 12  # more than two workers have threads for at the same time


@pytest.fixture
def hanging(kms, cast, clock):
    """Changes of research, whose KMS takes every call and does not answer for a long time."""
    point_at(cast.research, kms)
    key_ids = [
        kms.seed_set(cast.research.account_id, primary=PRIMARY, replicas=(REPLICA,), alias=None)
        for _ in range(HANGING_CHANGES)
    ]
    keys = known_keys(cast.research, key_ids, regions=(PRIMARY, REPLICA))
    changes = [
        request_move(key, to_region=REPLICA, by=cast.ana, reason="x", token=f"h-{number}", now=clock())
        for number, key in enumerate(keys)
    ]
    kms.fault("timeout-before", account=cast.research.account_id, seconds=600)
    return changes


def test_two_workers_and_a_hanging_account_do_not_delay_another_accounts_move(ask, kms, hanging):
    with worker(), worker():
        wait_until(
            lambda: (
                Change.objects.filter(pk__in=[each.pk for each in hanging], state="executing").count() >= 4
            ),
            what="the workers are busy with the account that hangs",
        )
        change = ask()
        wait_until(lambda: closed(change), what="the move of the account that answers is done")
        assert change.state == "done"
        assert {each.seen_at is not None for each in Worker.objects.all()} == {True}
        waiting = Change.objects.filter(pk__in=[each.pk for each in hanging])
        assert {each.state for each in waiting} <= {"approved", "executing"}, "unknown is never an end"
    assert moves_sent(kms) == 1
    assert Attempt.objects.count() == 1
    assert THIRD in {look.region for look in change.observations.all()}
