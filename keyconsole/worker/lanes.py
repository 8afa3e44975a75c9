"""What workers do: which rows can come due, and the one step that is taken for each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from django.db.models import QuerySet

from keyconsole.audit.models import Duty
from keyconsole.aws_accounts.models import AwsAccount
from keyconsole.changes.batches import advance
from keyconsole.changes.execution import step
from keyconsole.changes.models import Batch, Change
from keyconsole.inventory.models import Scan
from keyconsole.inventory.scan import first_scan, run
from keyconsole.lease import Leased
from keyconsole.notifications import deliver
from keyconsole.notifications.models import Delivery
from keyconsole.people.sso import refresh
from keyconsole.worker.record import duties

Row = TypeVar("Row", bound=Leased)
Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane(Generic[Row]):
    """Rows of one kind. Lanes never wait for each other; within one, the threads are shared fairly.

    `fair_by` names the fields of those that must not delay each other: one AWS account, or one recipient,
    that hangs.
    """

    name: str
    rows: Callable[[], QuerySet[Row]]
    step: Callable[[Row], None]
    fair_by: tuple[str, ...]
    threads: int


def lanes(*, threads: int, clock: Clock) -> list[Lane[Any]]:
    """`threads`: how many changes one worker carries at the same time."""
    return [
        Lane(
            name="changes",
            rows=lambda: Change.objects.select_related("key__account", "requester", "batch"),
            step=lambda change: step.step(change, clock=clock),
            fair_by=("key__account_id",),
            threads=threads,
        ),
        Lane(
            name="batches",
            rows=lambda: Batch.objects.select_related("requester"),
            step=lambda batch: advance.step(batch, clock=clock),
            fair_by=(),
            threads=1,
        ),
        Lane(
            name="scans",
            rows=lambda: Scan.objects.select_related("account"),
            step=lambda scan: run.step(scan, clock=clock),
            fair_by=("account_id",),
            threads=4,
        ),
        Lane(
            name="connections",
            rows=AwsAccount.objects.all,
            step=lambda account: first_scan.step(account, clock=clock),
            fair_by=("pk",),
            threads=2,
        ),
        Lane(
            name="record",
            rows=Duty.objects.all,
            step=lambda duty: duties.step(duty, clock=clock),
            fair_by=("pk",),
            threads=2,
        ),
        *_about_people(clock),
    ]


def _about_people(clock: Clock) -> list[Lane[Any]]:
    return [
        Lane(
            name="notifications",
            rows=lambda: Delivery.objects.select_related("route", "person"),
            step=lambda delivery: deliver.deliver(delivery, clock=clock),
            fair_by=("route_id", "person_id"),
            threads=4,
        ),
        Lane(
            name="single sign-on",
            rows=refresh.identities,
            step=lambda identity: refresh.step(identity, clock=clock),
            fair_by=(),
            threads=2,
        ),
    ]
