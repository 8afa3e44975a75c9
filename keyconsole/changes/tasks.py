"""What the worker runs for changes. Each task may run twice, late, or on two hosts at once."""

from __future__ import annotations

from datetime import datetime
from importlib import import_module

from django.utils import timezone
from django_tasks import task

from keyconsole.changes.models import Batch, Change


@task(queue_name="changes", priority=10)
def execute(ref: str) -> None:
    # execution and settling enqueue these tasks: importing them above would go round in a circle
    execution = import_module("keyconsole.changes.execution.execute")
    execution.execute(_change(ref), clock=timezone.now)


@task(queue_name="changes")
def settle(ref: str) -> None:
    settling = import_module("keyconsole.changes.execution.settle")
    settling.settle(_change(ref), clock=timezone.now)


@task(queue_name="changes")
def advance(ref: str) -> None:
    advancing = import_module("keyconsole.changes.batches.advance")
    batch = Batch.objects.select_related("requester").get(number=int(ref.removeprefix("BR-")))
    advancing.advance(batch, now=timezone.now())


def enqueue_advance(batch: Batch, *, at: datetime | None) -> None:
    advance.using(run_after=at).enqueue(batch.ref)


def enqueue_settle(change: Change, *, at: datetime | None) -> None:
    settle.using(run_after=at).enqueue(change.ref)


def _change(ref: str) -> Change:
    return Change.objects.select_related("key__account").get(number=int(ref.removeprefix("CR-")))
