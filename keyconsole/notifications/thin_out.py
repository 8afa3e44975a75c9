"""Lets go of messages that were sent long ago. What was not delivered waits for somebody, and stays."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings

from keyconsole.notifications.models import Delivery, DeliveryState
from keyconsole.notifications.topics import Topic

PORTION = 500
# Pages tell by these who heard of an emergency, for ever, and of a policy that waits, however long it does.
STAYS = (Topic.EMERGENCY_USED.value, Topic.POLICY_NEEDS_YOU.value)


def thin_out_messages(*, now: datetime) -> int:
    """A portion of them; how many. Nothing is told again for that: what repeats does so within days."""
    before = now - timedelta(days=settings.KEYCONSOLE_KEEP_MESSAGES_DAYS)
    old = Delivery.objects.filter(state=DeliveryState.SENT, sent_at__lt=before).exclude(topic__in=STAYS)
    portion = list(old.order_by("sent_at").values_list("pk", flat=True)[:PORTION])
    if portion:
        Delivery.objects.filter(pk__in=portion, state=DeliveryState.SENT).delete()
    return len(portion)
