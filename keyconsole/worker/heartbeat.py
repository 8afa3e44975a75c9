"""Says that a worker is alive, so that pages and `/healthy/` can tell when none is."""

from __future__ import annotations

import os
import socket
from datetime import datetime, timedelta

from keyconsole.worker.models import Worker

EVERY_SECONDS = 10.0
FORGOTTEN_AFTER = timedelta(days=7)


def own_name() -> str:
    return f"{socket.gethostname()}:{os.getpid()}"


def beat(*, now: datetime) -> None:
    Worker.objects.update_or_create(
        name=own_name(), defaults={"seen_at": now}, create_defaults={"seen_at": now, "started_at": now}
    )
    Worker.objects.filter(seen_at__lt=now - FORGOTTEN_AFTER).delete()


def end() -> None:
    """A worker that was asked to end is not missed."""
    Worker.objects.filter(name=own_name()).delete()


def last_seen() -> datetime | None:
    """When any worker was last alive; None where none is known."""
    return Worker.objects.order_by("-seen_at").values_list("seen_at", flat=True).first()
