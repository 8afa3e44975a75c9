"""Who was told of something, read from the messages themselves: never from who was meant to be told."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from django.contrib.auth.models import User
from django.db.models import Count, QuerySet

from keyconsole.notifications.models import Delivery, DeliveryState
from keyconsole.notifications.topics import Topic
from keyconsole.text import listed

NAMES_SHOWN = 6
NOBODY = "Nobody was written to: when it was asked for, neither e-mail nor a route reached anybody."


@dataclass(frozen=True, slots=True)
class Told:
    """The last message to each person and route. Sent: their channel took it; nobody knows who read it."""

    sent: Sequence[Delivery] = ()
    to_send: Sequence[Delivery] = ()
    undelivered: Sequence[Delivery] = ()

    @property
    def last_sent_at(self) -> datetime | None:
        return max((each.sent_at for each in self.sent if each.sent_at), default=None)

    def sentences(self, meant: Iterable[str] = ()) -> tuple[str, ...]:
        """`meant`: the names of those who should hear of it; whom no message is for is said, too."""
        everybody = [*self.sent, *self.to_send, *self.undelivered]
        if not everybody:
            return (NOBODY,)
        written_to = {each.recipient for each in everybody if each.person_id}
        found = []
        if self.sent and self.last_sent_at:
            last = f"{self.last_sent_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
            found.append(f"Sent to {_named(self.sent)}, the last at {last}.")
        if self.to_send:
            found.append(f"Written, and not sent yet: to {_named(self.to_send)}.")
        if self.undelivered:
            found.append(f"Not delivered: to {_named(self.undelivered)}.")
        if missed := sorted(set(meant) - written_to):
            found.append(f"No e-mail was written to {listed(shortened(missed))}.")
        return tuple(found)


def told(
    topics: Collection[Topic],
    *,
    path: str,
    account_ids: Iterable[str] | None = None,
    since: datetime | None = None,
    names: Collection[str] | None = None,
) -> Told:
    """What became of the messages about the page at `path`.

    Only those of `account_ids`, and of people only those called `names`, where given.
    """
    rows = _about(topics, path=path, account_ids=account_ids, since=since).order_by("created_at", "pk")
    last = {(each.route_id, each.person_id): each for each in rows.select_related("route", "person")}
    if names is not None:
        last = {who: each for who, each in last.items() if not each.person_id or each.recipient in names}
    by_state: dict[str, list[Delivery]] = {}
    for each in last.values():
        by_state.setdefault(each.state, []).append(each)
    return Told(
        sent=by_state.get(DeliveryState.SENT, []),
        to_send=[
            *by_state.get(DeliveryState.WAITING, []),
            *by_state.get(DeliveryState.FAILED, []),
        ],
        undelivered=by_state.get(DeliveryState.DEAD, []),
    )


def told_version(path: str, *, account_ids: Iterable[str] | None = None) -> str:
    """Changes whenever what was told about that page does: another message, or another state of one."""
    rows = Delivery.objects.filter(path=path)
    if account_ids is not None:
        rows = rows.filter(account_id__in=list(account_ids))
    counts = rows.order_by("state").values_list("state").annotate(Count("pk"))
    return "".join(f"{state[0]}{count}" for state, count in counts)


def _about(
    topics: Collection[Topic], *, path: str, account_ids: Iterable[str] | None, since: datetime | None
) -> QuerySet[Delivery]:
    rows = Delivery.objects.filter(path=path, topic__in=[topic.value for topic in topics])
    if account_ids is not None:
        rows = rows.filter(account_id__in=list(account_ids))
    return rows.filter(created_at__gte=since) if since else rows


def _named(deliveries: Iterable[Delivery]) -> str:
    """People by name; routes as their number, since only administrators are shown them."""
    found = list(deliveries)
    people = sorted(each.person.username for each in found if isinstance(each.person, User))
    routes = sum(each.route_id is not None for each in found)
    counted = [f"{routes} route{'' if routes == 1 else 's'}"] if routes else []
    return listed([*shortened(people), *counted])


def shortened(names: Sequence[str]) -> list[str]:
    """At most so many names as a line holds, and how many more there are."""
    if len(names) <= NAMES_SHOWN:
        return list(names)
    return [*names[:NAMES_SHOWN], f"{len(names) - NAMES_SHOWN} more"]
