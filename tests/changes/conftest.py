"""A sandbox KMS with one key of payments, known to the inventory as a scan would know it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from keyconsole.aws_accounts.models import AwsAccount
from keyconsole.changes.execution import execute, settle
from keyconsole.changes.models import Change
from keyconsole.changes.requests.request import request_move
from keyconsole.inventory.models import Cause, MultiRegionKey, PrimaryPeriod, RegionKey, Sight
from keyconsole.sandbox.server import Sandbox
from tests.cast import Cast
from tests.outside import Outside

PRIMARY, REPLICA, THIRD = "us-east-1", "eu-west-1", "ap-southeast-2"


@pytest.fixture(autouse=True)
def _credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DESK_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
    monkeypatch.setenv("DESK_SECRET_ACCESS_KEY", "only-for-the-sandbox")


@pytest.fixture
def kms() -> Iterator[Sandbox]:
    with Sandbox(settle_seconds=0) as sandbox:
        yield sandbox


def point_at(account: AwsAccount, kms: Sandbox) -> None:
    account.source = "env-keys"
    account.env_prefix = "DESK"
    account.role_arn = f"arn:aws:iam::{account.account_id}:role/KeyConsole"
    account.endpoint_url = kms.url
    account.regions = [PRIMARY, REPLICA, THIRD]
    account.save()


def known_key(
    account: AwsAccount, key_id: str, *, primary: str = PRIMARY, regions: tuple[str, ...]
) -> MultiRegionKey:
    [key] = known_keys(account, [key_id], primary=primary, regions=regions)
    return key


def known_keys(
    account: AwsAccount, key_ids: Sequence[str], *, primary: str = PRIMARY, regions: tuple[str, ...]
) -> list[MultiRegionKey]:
    """In the inventory as one look at enabled keys leaves them, each with its first period.

    Written and not looked for: hundreds of tests begin with it. One of them holds it against such a look.
    """
    now = timezone.now()
    keys = MultiRegionKey.objects.bulk_create(
        MultiRegionKey(
            account=account,
            key_id=key_id,
            primary_region=primary,
            alias="alias/card-vault",
            first_seen_at=now,
            last_seen_at=now,
        )
        for key_id in key_ids
    )
    RegionKey.objects.bulk_create(
        _seen(key, region, now=now, role="PRIMARY" if region == primary else "REPLICA")
        for key in keys
        for region in regions
    )
    PrimaryPeriod.objects.bulk_create(
        PrimaryPeriod(key=key, region=primary, started_at=now, confirmed_at=now, cause=Cause.FIRST_SEEN.value)
        for key in keys
    )
    return list(MultiRegionKey.objects.filter(pk__in=[key.pk for key in keys]).order_by("pk"))


def _seen(key: MultiRegionKey, region: str, *, now: datetime, role: str) -> RegionKey:
    return RegionKey(
        key=key,
        region=region,
        sight=Sight.SEEN.value,
        role=role,
        state="Enabled",
        created_at=now,
        first_seen_at=now,
        last_seen_at=now,
        last_look_at=now,
    )


@pytest.fixture
def key(kms: Sandbox, cast: Cast) -> MultiRegionKey:
    point_at(cast.payments, kms)
    key_id = kms.seed_set(cast.payments.account_id, primary=PRIMARY, replicas=(REPLICA, THIRD))
    found = known_key(cast.payments, key_id, regions=(PRIMARY, REPLICA, THIRD))
    kms.reset_calls()
    return found


@dataclass
class Clock:
    """Stands still until it is moved on; what the worker would wait for is one `pass_time` away."""

    now: datetime

    def __call__(self) -> datetime:
        return self.now

    def pass_time(self, **span: float) -> None:
        self.now += timedelta(**span)


@pytest.fixture
def clock() -> Clock:
    return Clock(timezone.now())


@pytest.fixture
def ask(key: MultiRegionKey, cast: Cast, clock: Clock) -> Callable[..., Change]:
    """Ana asks; nothing has run yet."""

    def request(**over: Any) -> Change:
        wish: dict[str, Any] = {
            "to_region": REPLICA,
            "by": cast.ana,
            "reason": "Closer to its users.",
            "token": "t-1",
        }
        return request_move(key, now=clock(), **{**wish, **over})

    return request


def run(change: Change, clock: Clock) -> Change:
    """What a worker would do for it now: execute, then one look."""
    execute.execute(change, clock=clock)
    return look_again(change, clock)


def look_again(change: Change, clock: Clock, *, after: float = 0) -> Change:
    clock.pass_time(seconds=after)
    change = Change.objects.select_related("key__account").get(pk=change.pk)
    settle.settle(change, clock=clock)
    return Change.objects.select_related("key__account").get(pk=change.pk)


@pytest.fixture
def soon(settings: Any) -> None:
    """A minute until it is overdue, five until a lost answer is given up: fewer looks than an hour has."""
    settings.KEYCONSOLE_SETTLE_DEADLINE_SECONDS = 60
    settings.KEYCONSOLE_LOST_ANSWER_SECONDS = 300


def watch(change: Change, clock: Clock, *, minutes: float) -> Change:
    """The looks that a worker takes in so many minutes, or until the change is closed."""
    end = clock() + timedelta(minutes=minutes)
    while change.is_open and clock() < end:
        due = change.due_at or clock()
        change = look_again(change, clock, after=max((due - clock()).total_seconds(), 0))
    return change


def moves_sent(kms: Sandbox) -> int:
    count: int = kms.calls()["by_operation"].get("UpdatePrimaryRegion", 0)
    return count


class Aws(Outside):
    def move(self, key: MultiRegionKey, *, to: str) -> None:
        region = key.primary_region
        self.client(key.account.account_id, region).update_primary_region(
            KeyId=key.arn_in(region), PrimaryRegion=to
        )


@pytest.fixture
def aws(kms: Sandbox) -> Iterator[Aws]:
    with Aws(kms.url) as outside:
        yield outside
