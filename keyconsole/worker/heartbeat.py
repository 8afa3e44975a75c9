"""Says that a worker is alive; pages, `/ready/` and messages tell when none is, or when one was lost."""

from __future__ import annotations

import os
import socket
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import transaction
from django.db.models import Max, Q

from keyconsole.notifications.announce import announce
from keyconsole.notifications.topics import Topic
from keyconsole.worker.models import Worker

EVERY_SECONDS = 10.0
# Six beats: a worker that was not seen for so long is taken for lost.
MISSED_AFTER = timedelta(seconds=60)
FORGOTTEN_AFTER = timedelta(days=7)


def own_name() -> str:
    return f"{socket.gethostname()}:{os.getpid()}"


def beat(*, now: datetime) -> None:
    Worker.objects.update_or_create(
        name=own_name(),
        defaults={"seen_at": now, "ended_at": None},
        create_defaults={"seen_at": now, "started_at": now},
    )
    Worker.objects.filter(seen_at__lt=now - FORGOTTEN_AFTER).delete()


def end(*, now: datetime) -> None:
    """A worker that was asked to end is not missed."""
    Worker.objects.filter(name=own_name()).update(seen_at=now, ended_at=now)


class Pulse(NamedTuple):
    """Whether any worker lives, and when the last one was seen (None: none ever was, or not for a week)."""

    somebody_works: bool
    last_seen: datetime | None


def pulse(*, now: datetime) -> Pulse:
    seen = Worker.objects.aggregate(last=Max("seen_at"), alive=Max("seen_at", filter=Q(ended_at=None)))
    works = seen["alive"] is not None and seen["alive"] > now - MISSED_AFTER
    return Pulse(works, seen["last"])


def tell_of_lost(*, now: datetime) -> None:
    """Tell the places that listen, once for each worker that went silent without having been asked to end."""
    silent = Worker.objects.filter(ended_at=None, seen_at__lte=now - MISSED_AFTER)
    for worker in silent:
        with transaction.atomic():
            _announce_lost(worker, now=now)


def _announce_lost(worker: Worker, *, now: datetime) -> None:
    announce(
        Topic.WORKER_LOST,
        subject=f"The worker {worker.name} was lost",
        body=(
            f"It was last seen at {worker.seen_at:%Y-%m-%d %H:%M:%S} UTC and had not been asked to end. "
            "What it was doing is taken over by another worker, where one runs."
        ),
        data={"worker": worker.name, "seen_at": worker.seen_at.isoformat()},
        now=now,
        dedupe_key=f"{Topic.WORKER_LOST}:{worker.name}:{worker.seen_at.isoformat()}",
    )
