"""Sends one message: take it, send it, keep the answer. At least once: a lost worker's lease runs out.

Network calls happen here alone, between the transactions and never inside one.
"""

from __future__ import annotations

import logging
import os
import socket
from collections.abc import Callable
from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.db import transaction

from keyconsole.audit import log
from keyconsole.audit.events import Event
from keyconsole.lease import give_back, take
from keyconsole.notifications import apprise, mail, webhook
from keyconsole.notifications.errors import Undelivered
from keyconsole.notifications.models import TO_SEND, Delivery, DeliveryState, Kind, Route
from keyconsole.notifications.route_addresses import read_place
from keyconsole.notifications.wording import as_json, as_text, as_title

logger = logging.getLogger("keyconsole.notifications")

# After each failed try but the last, which is this many plus one.
PAUSES = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=6),
)
# Longer than the slowest try; after that the worker that took it is taken for lost.
LEASE = timedelta(minutes=5)


def deliver(delivery: Delivery, *, clock: Callable[[], datetime]) -> None:
    """One try, if it is due and nobody else has it."""
    if not take(delivery, now=clock(), lasts=LEASE, tries=delivery.tries + 1):
        return
    if delivery.state not in TO_SEND:
        give_back(delivery, due_at=None)
        return
    try:
        _send(delivery, now=clock())
    except Undelivered as problem:
        _keep_problem(delivery, problem, now=clock())
    except Exception as error:  # noqa: BLE001 - its text may hold the address: only its kind is kept
        _keep_problem(delivery, Undelivered(f"Sending broke off with {type(error).__name__}."), now=clock())
    else:
        # Also where the lease ran out meanwhile: it was sent, and saying so keeps it from going out again.
        Delivery.objects.filter(pk=delivery.pk).update(
            state=DeliveryState.SENT, sent_at=clock(), last_problem="", due_at=None, lease=""
        )


def _send(delivery: Delivery, *, now: datetime) -> None:
    if delivery.route:
        _send_to_route(delivery, delivery.route, now=now)
    elif isinstance(delivery.person, User):
        if not delivery.person.is_active or not delivery.person.email:
            raise Undelivered("This person has left, or has no address any more.", for_good=True)
        mail.write(
            delivery.person.email, title=as_title(delivery), text=as_text(delivery), ref=str(delivery.ref)
        )


def _send_to_route(delivery: Delivery, route: Route, *, now: datetime) -> None:
    if route.removed_at:
        raise Undelivered("The route was removed.", for_good=True)
    url = read_place(route.url_env)
    if route.kind == Kind.APPRISE:
        apprise.tell(url, title=as_title(delivery), text=as_text(delivery))
        return
    webhook.post(
        as_json(delivery),
        url=url,
        secret=read_place(route.secret_env),
        ref=str(delivery.ref),
        unix_time=int(now.timestamp()),
    )


def _keep_problem(delivery: Delivery, problem: Undelivered, *, now: datetime) -> None:
    logger.warning("%s to %s, try %d: %s", delivery.topic, delivery.recipient, delivery.tries, problem)
    ends = problem.for_good or delivery.tries > len(PAUSES)
    with transaction.atomic():
        # Where the lease ran out and another worker took over, that one keeps the answer.
        kept = Delivery.objects.filter(pk=delivery.pk, state__in=TO_SEND, lease=delivery.held).update(
            state=DeliveryState.DEAD if ends else DeliveryState.FAILED,
            last_problem=problem.sentence[:300],
            due_at=None if ends else now + PAUSES[delivery.tries - 1],
            lease="",
        )
        if kept and ends:
            _record_dead(delivery, problem, now=now)


def _record_dead(delivery: Delivery, problem: Undelivered, *, now: datetime) -> None:
    log.record(
        Event.NOTIFICATION_FAILED,
        actor=f"worker {socket.gethostname()}:{os.getpid()}",
        subject=delivery.recipient,
        account_id=delivery.account_id,
        now=now,
        data={
            "delivery": str(delivery.ref),
            "topic": delivery.topic,
            "about": delivery.subject,
            "tries": delivery.tries,
            "problem": problem.sentence,
        },
    )
