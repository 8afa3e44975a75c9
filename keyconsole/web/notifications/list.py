"""What the notifications page shows: the routes, and messages by how far they have come."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db.models import Count, QuerySet, Sum

from keyconsole.aws_accounts.models import AwsAccount
from keyconsole.notifications.mail import email_works
from keyconsole.notifications.models import TO_SEND, Delivery, DeliveryState, Route
from keyconsole.notifications.route_addresses import is_set

TABS: dict[str, tuple[str, tuple[str, ...]]] = {
    "dead": ("Not delivered", (DeliveryState.DEAD.value,)),
    "on-the-way": ("To be sent", tuple(state.value for state in TO_SEND)),
    "sent": ("Sent", (DeliveryState.SENT.value,)),
}


@dataclass(frozen=True, slots=True)
class Variable:
    """`is_set` speaks of the web server's environment; the worker's may differ."""

    name: str
    is_set: bool


@dataclass(frozen=True, slots=True)
class RouteRow:
    route: Route
    accounts: tuple[str, ...]
    variables: tuple[Variable, ...]


@dataclass(frozen=True, slots=True)
class Tab:
    name: str
    word: str
    count: int
    is_shown: bool


@dataclass(frozen=True, slots=True)
class Mail:
    works: bool
    without_address: int


def route_rows() -> list[RouteRow]:
    routes = list(Route.objects.filter(removed_at=None))
    wanted = {number for route in routes for number in route.accounts}
    names = dict(AwsAccount.objects.filter(account_id__in=wanted).values_list("account_id", "name"))
    return [
        RouteRow(
            route,
            tuple(names.get(number, number) for number in route.accounts),
            tuple(Variable(name, is_set(name)) for name in (route.url_env, route.secret_env) if name),
        )
        for route in routes
    ]


def mail() -> Mail:
    return Mail(email_works(), User.objects.filter(is_active=True, email="").count())


def deliveries_in(tab: str) -> QuerySet[Delivery]:
    _, states = TABS[tab]
    return Delivery.objects.filter(state__in=states).select_related("route", "person")


def tabs(shown: str) -> tuple[list[Tab], str]:
    """Each tab with its count, and a version that changes whenever a message does."""
    rows = Delivery.objects.order_by("state").values("state").annotate(count=Count("pk"), tries=Sum("tries"))
    by_state = {row["state"]: (row["count"], row["tries"]) for row in rows}
    found = [
        Tab(name, word, sum(by_state.get(state, (0, 0))[0] for state in states), name == shown)
        for name, (word, states) in TABS.items()
    ]
    return found, "-".join(f"{state}.{count}.{tries}" for state, (count, tries) in by_state.items()) or "none"
