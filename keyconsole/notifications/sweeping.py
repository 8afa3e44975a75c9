"""Finds messages whose task was lost with its worker, and enqueues them again. Runs every few seconds."""

from __future__ import annotations

from datetime import datetime, timedelta

from keyconsole.notifications import tasks
from keyconsole.notifications.models import TO_SEND, Delivery

# Longer than a busy queue needs to reach a task: a healthy one is rarely doubled, and a double is harmless.
PATIENCE = timedelta(minutes=1)
AT_ONCE = 200


def enqueue_late_deliveries(now: datetime) -> int:
    """How many were enqueued again."""
    enqueued = 0
    for delivery in _late(now):
        # Marked as enqueued now, so that the next sweep, or another host's, leaves it alone.
        mine = Delivery.objects.filter(
            pk=delivery.pk, state__in=TO_SEND, next_try_at=delivery.next_try_at
        ).update(next_try_at=now)
        if mine:
            tasks.deliver.enqueue(str(delivery.ref))
            enqueued += 1
    return enqueued


def _late(now: datetime) -> list[Delivery]:
    late = Delivery.objects.filter(state__in=TO_SEND, next_try_at__lt=now - PATIENCE)
    return list(late.order_by("next_try_at").only("ref", "next_try_at")[:AT_ONCE])
