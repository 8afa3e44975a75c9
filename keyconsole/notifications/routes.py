"""Adding, testing and removing the places that hear of things. The page and the command call these."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from keyconsole.audit import log
from keyconsole.audit.events import Event
from keyconsole.notifications.models import Delivery, Kind, Route
from keyconsole.notifications.route_addresses import name_problem
from keyconsole.notifications.topics import Topic
from keyconsole.refusals import Invalid

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,59}", re.ASCII)
_ACCOUNT = re.compile(r"[0-9]{12}", re.ASCII)
TEST = "notification.test"


def add_route(
    name: str,
    *,
    kind: str,
    url_env: str,
    by: str,
    now: datetime,
    secret_env: str = "",
    topics: Collection[str] = (),
    accounts: Collection[str] = (),
) -> Route:
    """No topics or no accounts mean all of them. Raises Invalid."""
    route = Route(
        name=name.strip(),
        kind=kind,
        url_env=url_env.strip(),
        secret_env=secret_env.strip(),
        topics=sorted(set(topics)),
        accounts=sorted(set(accounts)),
        added_by=by,
        added_at=now,
    )
    _refuse_problems(route)
    try:
        with transaction.atomic():
            route.save(force_insert=True)
            _record(Event.NOTIFICATION_ROUTE_ADDED, route, by=by, now=now)
    except IntegrityError:
        raise Invalid({"name": f"There already is a route {route.name}."}) from None
    return route


def remove_route(route: Route, *, by: str, now: datetime) -> bool:
    """The route hears nothing more, not even what is on its way; False where it was removed before."""
    with transaction.atomic():
        removed = Route.objects.filter(pk=route.pk, removed_at=None).update(removed_at=now)
        if removed:
            _record(Event.NOTIFICATION_ROUTE_REMOVED, route, by=by, now=now)
    return bool(removed)


def send_test(route: Route, *, by: str, now: datetime) -> Delivery:
    """Write one message to the route, which goes as any other does."""
    with transaction.atomic():
        delivery = Delivery.objects.create(
            route=route,
            topic=TEST,
            subject=f"A test of the route {route.name}",
            body=f"{by} asked for this message. Nothing happened, and nothing needs you.",
            path="/notifications/",
            due_at=now,
            created_at=now,
        )
        _record(Event.NOTIFICATION_ROUTE_TESTED, route, by=by, now=now, more={"delivery": str(delivery.ref)})
    return delivery


def _refuse_problems(route: Route) -> None:
    found = {
        "name": _name_problem(route.name),
        "kind": "" if route.kind in Kind.values else "A route is apprise or webhook.",
        "url_env": name_problem(route.url_env),
        "secret_env": _secret_problem(route),
        "topics": _unknown("topic", set(route.topics) - {topic.value for topic in Topic}),
        "accounts": _unknown(
            "account number", {each for each in route.accounts if not _ACCOUNT.fullmatch(each)}
        ),
    }
    if problems := {field: sentence for field, sentence in found.items() if sentence}:
        raise Invalid(problems)


def _name_problem(name: str) -> str:
    if _NAME.fullmatch(name):
        return ""
    return "A name has up to 60 small letters, digits and hyphens, such as security-channel."


def _secret_problem(route: Route) -> str:
    if route.kind == Kind.WEBHOOK:
        same = route.secret_env and route.secret_env == route.url_env
        return "Name another variable than the address's." if same else name_problem(route.secret_env)
    return "Only a webhook is signed; leave this empty." if route.secret_env else ""


def _unknown(what: str, values: Collection[str]) -> str:
    return f"There is no {what} {', '.join(sorted(values))[:200]}." if values else ""


def _record(
    event: Event, route: Route, *, by: str, now: datetime, more: Mapping[str, Any] | None = None
) -> None:
    data = {
        "kind": route.kind,
        "url_env": route.url_env,
        "secret_env": route.secret_env,
        "topics": route.topics,
        "accounts": route.accounts,
    }
    log.record(event, actor=by, subject=route.name, now=now, data={**data, **(more or {})})
