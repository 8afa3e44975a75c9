"""What the worker runs for notifications. A task that comes twice finds its delivery claimed or sent."""

from __future__ import annotations

from datetime import datetime
from importlib import import_module

from django.utils import timezone
from django_tasks import task


@task(queue_name="notifications")
def deliver(ref: str) -> None:
    # delivering enqueues this task: importing it above would go round in a circle
    delivering = import_module("keyconsole.notifications.delivering")
    delivering.deliver(ref, clock=timezone.now)


def enqueue_delivery(ref: str, *, at: datetime | None) -> None:
    deliver.using(run_after=at).enqueue(ref)
