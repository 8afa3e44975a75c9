"""Telling people and routes what happened: rows in the transaction of the cause, never a call.

What is announced in a transaction that is rolled back was never said.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import User
from django.db import connection
from django.db.models import Max

from keyconsole.audit.log import NotInTransactionError
from keyconsole.notifications.mail import email_works
from keyconsole.notifications.models import Delivery, Route
from keyconsole.notifications.topics import Topic
from keyconsole.text import listed

SUBJECT_AT_MOST = 300


@dataclass(frozen=True, slots=True)
class Announced:
    """Who will hear of it; and who has no address, or no mail server to send from."""

    routes: tuple[str, ...]
    people: tuple[str, ...]
    out_of_reach: tuple[str, ...]

    @property
    def forecast(self) -> tuple[str, ...]:
        """Before it is announced: whom a message would go to, and whom none would reach."""
        routes = len(self.routes)
        counted = [f"{routes} route{'' if routes == 1 else 's'}"] if routes else []
        found = []
        if written_to := [*sorted(self.people), *counted]:
            found.append(f"A message will be written to {listed(written_to)}.")
        if self.out_of_reach:
            found.append(f"No e-mail reaches {listed(sorted(self.out_of_reach))}.")
        return (
            tuple(found) if written_to else (*found, "Nobody will be written to: no channel reaches anybody.")
        )


def announce(
    topic: Topic,
    *,
    subject: str,
    body: str,
    data: Mapping[str, Any],
    now: datetime,
    people: Iterable[User] = (),
    account_id: str = "",
    path: str = "",
    dedupe_key: str = "",
    again_after: timedelta | None = None,
    to_routes: bool = True,
) -> Announced:
    """Tell `people` by e-mail and every route that hears the topic; raises NotInTransactionError.

    Without `to_routes` the people alone: routes were told of it in other words.
    `path` is the page to open ("/changes/CR-12/"); messages hold it as a full address. Where the topic asks
    for a decision, each message names everybody who is asked. With a `dedupe_key`
    each recipient is told once, or again when `again_after` has passed since the last time.
    """
    if not connection.in_atomic_block:
        raise NotInTransactionError(f"{topic} must be announced in the transaction of its cause.")
    people = list(people)
    message = {
        "topic": topic.value,
        "account_id": account_id,
        "subject": " ".join(subject.split())[:SUBJECT_AT_MOST],
        "body": body,
        "path": path,
        "data": {**data, **_asked(topic, people)},
        "dedupe_key": dedupe_key,
        "due_at": now,
        "created_at": now,
    }
    routes = _hearing(topic, account_id=account_id) if to_routes else []
    reached, missed = _by_reach(people)
    turns = _turns([*routes, *reached], dedupe_key=dedupe_key, now=now, again_after=again_after)
    _store([Delivery(**turn, **message) for turn in turns], keyed=bool(dedupe_key))
    return Announced(_names(routes), _names(reached), _names(missed))


def _asked(topic: Topic, people: Iterable[User]) -> dict[str, list[str]]:
    names = sorted({each.username for each in people})
    return {"asked": names} if topic.asks and names else {}


def reach(topic: Topic, *, people: Iterable[User], account_id: str = "") -> Announced:
    """Who would hear of it, if it were announced now; nothing is written."""
    reached, missed = _by_reach(people)
    return Announced(_names(_hearing(topic, account_id=account_id)), _names(reached), _names(missed))


def _hearing(topic: Topic, *, account_id: str) -> list[Route]:
    routes = Route.objects.filter(removed_at=None)
    return [route for route in routes if route.hears(topic, account_id=account_id)]


def _by_reach(people: Iterable[User]) -> tuple[list[User], list[User]]:
    active = [person for person in {each.pk: each for each in people}.values() if person.is_active]
    reached = [person for person in active if person.email and email_works()]
    return reached, [person for person in active if person not in reached]


def _names(recipients: Iterable[Route | User]) -> tuple[str, ...]:
    return tuple(map(str, recipients))


def _turns(
    recipients: Iterable[Route | User], *, dedupe_key: str, now: datetime, again_after: timedelta | None
) -> Iterator[dict[str, Any]]:
    """Each recipient who is to be told, with the number of this telling."""
    told = _told_before(dedupe_key) if dedupe_key else {}
    for recipient in recipients:
        field = "route" if isinstance(recipient, Route) else "person"
        repeat, at = told.get((field, recipient.pk), (-1, None))
        if at is None or (again_after is not None and at + again_after <= now):
            yield {field: recipient, "repeat": repeat + 1}


def _told_before(dedupe_key: str) -> dict[tuple[str, int], tuple[int, datetime]]:
    """How often, and when last, each recipient was told the same."""
    rows = (
        Delivery.objects.filter(dedupe_key=dedupe_key)
        .order_by()
        .values("route", "person")
        .annotate(last=Max("created_at"), times=Max("repeat"))
    )
    return {
        ("route", row["route"]) if row["route"] else ("person", row["person"]): (row["times"], row["last"])
        for row in rows
    }


def _store(deliveries: list[Delivery], *, keyed: bool) -> None:
    # Another process may tell the same at the same moment: the database keeps one, whoever comes first.
    Delivery.objects.bulk_create(deliveries, ignore_conflicts=keyed)
