"""Every fault of the sandbox, with one key and with a batch: what is said while it is on, and how it ends.

Part of `make campaign`: the SDK repeats throttled reads for a long time. The sentences are printed, to be
read by a person.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from keyconsole.aws_accounts.models import AwsAccount
from keyconsole.changes.batches.advance import advance
from keyconsole.changes.execution.step import step
from keyconsole.changes.models import Attempt, Batch, Change, OnFailure
from keyconsole.changes.requests.request import request_move
from keyconsole.sandbox.faults import NAMES
from keyconsole.sandbox.server import Sandbox
from tests.cast import Cast
from tests.changes.batches.given import ask_for, sandbox_keys
from tests.changes.conftest import REPLICA, Clock, moves_sent, point_at

pytestmark = [pytest.mark.django_db, pytest.mark.campaign]

MOVE, LOOK, ANY = "UpdatePrimaryRegion", "DescribeKey", "*"
# The fault and the operation it bites; the state while it is on; the end when it is over.
ENDS = [
    *[
        (fault, MOVE, "settling", "not_applied")
        for fault in ("region-down", "timeout-before", "server-error")
    ],
    *[(fault, MOVE, "not_applied", "not_applied") for fault in ("throttle", "expired-token", "deny")],
    *[(fault, MOVE, "done", "done") for fault in ("timeout-after", "drop-after", "server-error-after")],
    *[(fault, LOOK, "approved", "done") for fault in ("region-down", "timeout-before", "server-error")],
    *[(fault, LOOK, "approved", "done") for fault in ("throttle", "expired-token", "deny")],
    *[(fault, LOOK, "approved", "done") for fault in ("timeout-after", "drop-after", "server-error-after")],
    ("unreachable-account", ANY, "approved", "done"),
    ("role-missing", ANY, "approved", "done"),
    ("stale-reads", ANY, "settling", "done"),
    ("never-settle", ANY, "settling", "done"),
    # AWS said yes and did nothing: nobody can tell that from reads that lag behind.
    ("ignore", MOVE, "settling", "settling"),
    ("shared-unasked", ANY, "done", "done"),
]


def test_the_table_names_every_fault() -> None:
    assert {fault for fault, *_ in ENDS} == set(NAMES)


@pytest.fixture
def one(kms: Sandbox, cast: Cast, clock: Clock) -> Callable[[], None]:
    def ask() -> None:
        [key] = sandbox_keys(kms, _account(cast, kms), 1)
        request_move(key, to_region=REPLICA, by=cast.ana, reason="Exercise.", token="t", now=clock())

    return ask


@pytest.fixture
def batch(kms: Sandbox, cast: Cast, clock: Clock) -> Callable[[], None]:
    def ask() -> None:
        keys = sandbox_keys(kms, _account(cast, kms), 3)
        ask_for(keys, cast, now=clock(), on_failure=OnFailure.CARRY_ON)

    return ask


def _account(cast: Cast, kms: Sandbox) -> AwsAccount:
    point_at(cast.payments, kms)
    return cast.payments


@pytest.mark.parametrize(("fault", "operation", "meanwhile", "end"), ENDS)
@pytest.mark.parametrize("asked", ["one", "batch"])
def test_it_waits_or_ends_as_the_fault_asks_and_aws_is_called_once_a_key(
    asked: str,
    fault: str,
    operation: str,
    meanwhile: str,
    end: str,
    kms: Sandbox,
    clock: Clock,
    settings: Any,
    request: pytest.FixtureRequest,
) -> None:
    settings.KEYCONSOLE_SETTLE_DEADLINE_SECONDS = 60
    settings.KEYCONSOLE_LOST_ANSWER_SECONDS = 300
    request.getfixturevalue(asked)()
    kms.fault(fault, operation=operation, seconds=0.2 if fault.startswith("timeout") else None)
    _carry_on(clock, minutes=3)
    _tell(f"{fault} of {operation}, {asked}, while it is on", moves_sent(kms))
    assert _states() == {meanwhile}
    assert meanwhile != "approved" or not Attempt.objects.exists()
    kms.clear_faults()
    _carry_on(clock, minutes=12)
    _tell(f"{fault} of {operation}, {asked}, afterwards", moves_sent(kms))
    assert _states() == {end}
    assert moves_sent(kms) == Attempt.objects.count() == Change.objects.count()


def _carry_on(clock: Clock, *, minutes: float) -> None:
    """What a worker does in that time, or until nothing is open any more."""
    until = clock() + timedelta(minutes=minutes)
    while clock() < until and Change.objects.filter(closed_at=None).exists():
        for batch in Batch.objects.filter(due_at__lte=clock()):
            advance(batch, now=clock())
        due = Change.objects.select_related("key__account").filter(closed_at=None, due_at__lte=clock())
        for change in due.order_by("pk"):
            step(change, clock=clock)
        clock.pass_time(seconds=10)


def _states() -> set[str]:
    return set(Change.objects.values_list("state", flat=True))


def _tell(when: str, calls: int) -> None:
    change = Change.objects.order_by("pk")[0]
    sys.stdout.write(f"\n{when}: {change.state}, {calls} calls\n    {change.outcome}\n")
