"""Many keys of payments for the tests of batches: known to the inventory only, or also at the sandbox."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from keyconsole.aws_accounts.models import AwsAccount
from keyconsole.changes.batches.advance import advance
from keyconsole.changes.batches.request import request_batch
from keyconsole.changes.execution import execute, settle
from keyconsole.changes.models import Batch, Change
from keyconsole.changes.states import IN_FLIGHT
from keyconsole.inventory.models import MultiRegionKey
from keyconsole.policies.document.rules import Rule, Rules, Selector
from keyconsole.policies.models import PolicyVersion
from keyconsole.policies.quorum.requirements import Requirement
from keyconsole.sandbox.server import Sandbox
from tests.cast import NOW, Cast, Member, hold, make_key
from tests.changes.conftest import PRIMARY, REPLICA, Clock, known_keys


def make_keys(account: AwsAccount, count: int, *, replica_state: str = "Enabled") -> list[MultiRegionKey]:
    members = (Member("us-east-1"), Member("eu-west-1", state=replica_state))
    return [
        make_key(account, f"mrk-{number:032x}", *members, alias=f"alias/card-{number:02}")
        for number in range(count)
    ]


def sandbox_keys(kms: Sandbox, account: AwsAccount, count: int) -> list[MultiRegionKey]:
    key_ids = [
        kms.seed_set(account.account_id, primary=PRIMARY, replicas=(REPLICA,)) for _number in range(count)
    ]
    keys = known_keys(account, key_ids, regions=(PRIMARY, REPLICA))
    for number, key in enumerate(keys):
        MultiRegionKey.objects.filter(pk=key.pk).update(alias=f"alias/card-{number:02}")
    kms.reset_calls()
    return keys


def ask_for(keys: list[MultiRegionKey], cast: Cast, **over: Any) -> Batch:
    wish: dict[str, Any] = {
        "to_region": "eu-west-1",
        "by": cast.ana,
        "reason": "Leaving us-east-1.",
        "token": over["token"] if "token" in over else f"batch-{Batch.objects.count()}",
        "now": NOW,
    }
    return request_batch(keys, **{**wish, **over})


def one_approver() -> PolicyVersion:
    PolicyVersion.objects.all().delete()
    return hold(
        Rules(
            name="payments",
            rule=Rule.APPROVE,
            applies_to=Selector(accounts=("111122223333",)),
            requirements=(Requirement("", 1),),
        )
    )


def lines_of(batch: Batch) -> list[Change]:
    return list(batch.changes.select_related("key__account", "batch").order_by("number"))


def states_of(batch: Batch) -> list[str]:
    return [line.state for line in lines_of(batch)]


def step(batch: Batch, clock: Clock) -> list[Change]:
    """One wave as workers would carry it: begun, called, and looked at until it ends. Returns its lines."""
    batch.refresh_from_db()
    advance(batch, now=clock())
    wave = [line for line in lines_of(batch) if line.state == "approved" and line.released_at]
    for line in wave:
        execute.execute(line, clock=clock)
    for _look in range(5):
        clock.now += timedelta(seconds=15)
        for line in batch.changes.filter(state__in=[str(state) for state in IN_FLIGHT]):
            settle.settle(line, clock=clock)
    return wave


def carry_on(batch: Batch, clock: Clock, *, steps: int) -> list[list[int]]:
    """Wave after wave until the batch has ended: the lines of each by their place in the plan."""
    places = {line.ref: place for place, line in enumerate(lines_of(batch), start=1)}
    waves = []
    for _ in range(steps):
        if wave := step(batch, clock):
            waves.append([places[line.ref] for line in wave])
        batch.refresh_from_db()
        if batch.ended_at:
            return waves
    raise AssertionError(f"{batch.ref} has not ended after {steps} steps: {states_of(batch)}")
