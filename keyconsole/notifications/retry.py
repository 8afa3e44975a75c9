"""Messages that are no longer tried, and trying one again."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from keyconsole.audit import log
from keyconsole.audit.events import Event
from keyconsole.notifications.models import Delivery, DeliveryState


def dead_letters() -> int:
    """How many messages wait for somebody to say what becomes of them."""
    return Delivery.objects.filter(state=DeliveryState.DEAD).count()


def try_again(delivery: Delivery, *, by: str, now: datetime) -> bool:
    """Send it as if it were new; False where it is not dead any more."""
    with transaction.atomic():
        revived = Delivery.objects.filter(pk=delivery.pk, state=DeliveryState.DEAD).update(
            state=DeliveryState.WAITING, tries=0, due_at=now
        )
        if not revived:
            return False
        log.record(
            Event.NOTIFICATION_TRIED_AGAIN,
            actor=by,
            subject=delivery.recipient,
            account_id=delivery.account_id,
            now=now,
            data={"delivery": str(delivery.ref), "topic": delivery.topic, "about": delivery.subject},
        )
    return True
