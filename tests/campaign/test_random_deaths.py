"""Hundreds of moves under two workers that die at random points: `make campaign`, not part of `make test`.

Each move is held against what the sandbox's CloudTrail says that AWS was asked to do. MOVES and SEED come
from the environment; the seed is printed, and the same one draws the same deaths.
"""

from __future__ import annotations

import os
import random
import statistics
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count

import pytest
from django.db import connection
from django.utils import timezone

from keyconsole.audit.models import Entry
from keyconsole.audit.verification import first_broken_entry
from keyconsole.aws_accounts.models import AwsAccount
from keyconsole.changes.batches.request import request_batch
from keyconsole.changes.execution.store_observations import observe_now
from keyconsole.changes.models import Answer, Attempt, Change, OnFailure
from keyconsole.changes.requests.request import request_move
from keyconsole.inventory.models import MultiRegionKey
from keyconsole.refusals import Refused
from keyconsole.sandbox.server import Sandbox
from tests.campaign import doomed_worker
from tests.cast import Cast
from tests.changes.conftest import PRIMARY, REPLICA, Aws, known_keys, point_at
from tests.patience import wait_until
from tests.processes import Process

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.campaign]

MOVES = int(os.environ.get("MOVES", "300"))
SEED = int(os.environ.get("SEED", "0")) or random.SystemRandom().randint(1, 10**6)
WORKERS = 2
KEYS_AN_ACCOUNT = 8
OPEN_AT_MOST = 10
LINES_OF_A_BATCH = 3


@dataclass
class Workers:
    """Two of them. Whenever one has died, the next begins, which dies of the next seed."""

    seeds: Iterator[int] = field(default_factory=lambda: count(SEED))
    deaths: Counter[str] = field(default_factory=Counter)
    alive: list[Process] = field(default_factory=list)

    def look_after(self, *, doomed: bool) -> None:
        for worker in [worker for worker in self.alive if worker.has_ended]:
            self.deaths[worker.hear()] += 1
            self._remove(worker)
        while len(self.alive) < WORKERS:
            self.alive.append(Process(doomed_worker.work, next(self.seeds) if doomed else None))

    def end(self) -> None:
        for worker in list(self.alive):
            self._remove(worker)

    def _remove(self, worker: Process) -> None:
        worker.end()
        self.alive.remove(worker)


@dataclass
class Moves:
    """What was asked for, and what has come of it."""

    kms: Sandbox
    aws: Aws
    cast: Cast
    keys: list[MultiRegionKey]
    chance: random.Random = field(default_factory=lambda: random.Random(SEED))  # noqa: S311
    calls_before: dict[int, int] = field(default_factory=dict)
    open: dict[int, Change] = field(default_factory=dict)
    ends: Counter[str] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    @property
    def asked(self) -> int:
        return len(self.calls_before)

    def ask(self) -> None:
        """For one key, or in every fourth case for several of one account."""
        try:
            self._ask()
        except (
            Refused
        ):  # the old Region was Updating when the change before was done, and nobody looked since
            for key in self.keys:
                if key.pk not in {change.key_id for change in self.open.values()}:
                    observe_now(key, now=timezone.now())

    def _ask(self) -> None:
        busy = {change.key_id for change in self.open.values()}
        free = [key for key in self.keys if key.pk not in busy]
        if len(self.open) >= OPEN_AT_MOST or not free:
            return
        key = self.chance.choice(free)
        key.refresh_from_db()
        to_region = REPLICA if key.primary_region == PRIMARY else PRIMARY
        mates = [other for other in free if other.account_id == key.account_id and other.pk != key.pk]
        for mate in mates:
            mate.refresh_from_db()
        mates = [mate for mate in mates if mate.primary_region == key.primary_region]
        if self.chance.random() < 1 / 4 and len(mates) >= LINES_OF_A_BATCH - 1:
            self._ask_for_batch([key, *mates[: LINES_OF_A_BATCH - 1]], to_region)
        else:
            self._ask_for_one(key, to_region)

    def _ask_for_one(self, key: MultiRegionKey, to_region: str) -> None:
        wish = {"to_region": to_region, "reason": "Exercise.", "token": f"move-{self.asked}"}
        self._note(request_move(key, by=self.cast.ana, now=timezone.now(), **wish))  # type: ignore[arg-type]

    def _ask_for_batch(self, keys: list[MultiRegionKey], to_region: str) -> None:
        batch = request_batch(
            keys,
            to_region=to_region,
            by=self.cast.ana,
            reason="Exercise.",
            token=f"move-{self.asked}",
            now=timezone.now(),
            on_failure=OnFailure.CARRY_ON,
        )
        for line in batch.changes.select_related("key__account"):
            self._note(line)

    def _note(self, change: Change) -> None:
        self.calls_before[change.pk] = self._calls_for(change.key)
        self.open[change.pk] = change

    def check_closed(self) -> None:
        closed = Change.objects.filter(pk__in=self.open, closed_at__isnull=False)
        for change in closed.select_related("key__account"):
            assert change.closed_at
            del self.open[change.pk]
            self.ends[change.state] += 1
            self.seconds.append((change.closed_at - change.requested_at).total_seconds())
            calls = self._calls_for(change.key) - self.calls_before[change.pk]
            now_primary = self._primary_at_aws(change.key)
            expected = {"done": (1, change.to_region), "not_applied": (0, change.from_region)}
            if expected.get(change.state) != (calls, now_primary):
                self.wrong.append(
                    f"{change.ref} ended {change.state}: {calls} calls, {now_primary}. {change.outcome}"
                )

    def all_closed(self) -> bool:
        self.check_closed()
        return not self.open

    def _calls_for(self, key: MultiRegionKey) -> int:
        records = [
            record
            for region in (PRIMARY, REPLICA)
            for record in self.kms.desk.trail.records(key.account.account_id, region)
        ]
        return sum(
            record.name == "UpdatePrimaryRegion"
            and key.key_id in record.resources
            and "invokedBy" not in record.detail["userIdentity"]
            for record in records
        )

    def _primary_at_aws(self, key: MultiRegionKey) -> str:
        client = self.aws.client(key.account.account_id, PRIMARY)
        found = client.describe_key(KeyId=key.key_id)["KeyMetadata"]
        return str(found["MultiRegionConfiguration"]["PrimaryKey"]["Region"])


@pytest.fixture
def moves(kms: Sandbox, aws: Aws, cast: Cast) -> Moves:
    keys: list[MultiRegionKey] = []
    for account in (cast.payments, cast.research):
        keys += _keys_of(account, kms)
    kms.settle_seconds(0.3)
    return Moves(kms, aws, cast, keys)


def _keys_of(account: AwsAccount, kms: Sandbox) -> list[MultiRegionKey]:
    point_at(account, kms)
    key_ids = [
        kms.seed_set(account.account_id, primary=PRIMARY, replicas=(REPLICA,), alias=None)
        for _ in range(KEYS_AN_ACCOUNT)
    ]
    return known_keys(account, key_ids, regions=(PRIMARY, REPLICA))


def test_whatever_dies_each_move_is_sent_once_and_its_end_is_true(moves: Moves) -> None:
    workers = Workers()
    began = time.monotonic()
    try:
        while moves.asked < MOVES:
            workers.look_after(doomed=True)
            moves.ask()
            moves.check_closed()
            time.sleep(0.05)
        last_death = timezone.now()
        workers.end()
        workers.look_after(doomed=False)
        wait_until(moves.all_closed, what="every change is closed")
    finally:
        workers.end()
    sys.stdout.write(
        "\n".join(["", *_table(workers, moves, seconds=time.monotonic() - began, last_death=last_death)])
    )
    assert not moves.wrong, "\n".join(moves.wrong)
    assert Attempt.objects.count() == moves.asked, "each has one Attempt"
    assert first_broken_entry() is None


def _table(workers: Workers, moves: Moves, *, seconds: float, last_death: datetime) -> Iterator[str]:
    died, took = workers.deaths, moves.seconds
    yield f"{connection.vendor}, seed {SEED}: {moves.asked} moves, {died.total()} deaths, {seconds:.0f} s"
    yield f"ends: {dict(moves.ends)}; wrong: {len(moves.wrong)}"
    yield f"deaths: {dict(died)}"
    yield f"from request to end: median {statistics.median(took):.1f} s, at most {max(took):.1f} s"
    lost = Answer.LOST, Answer.NONE_YET
    for words, ends in (
        ("of a call whose answer was lost", Change.objects.filter(attempt__answer__in=lost)),
        ("of any other", Change.objects.exclude(attempt__answer__in=lost)),
    ):
        later = [(at - last_death).total_seconds() for at in ends.values_list("closed_at", flat=True) if at]
        yield f"the last end {words}: {max(later, default=0):.1f} s after the last death"
    yield from _last_of_all(last_death)
    yield ""


def _last_of_all(last_death: datetime) -> Iterator[str]:
    """What happened to the change that took longest, so that somebody can tell why."""
    last = Change.objects.order_by("closed_at").last()
    assert last
    yield f"{last.ref}, {last.batch or 'alone'}:"
    for entry in Entry.objects.filter(subject__in=[last.ref, last.batch.ref if last.batch else ""]).order_by(
        "number"
    ):
        yield f"  {(entry.at - last_death).total_seconds():7.1f} s  {entry.event} by {entry.actor}"
