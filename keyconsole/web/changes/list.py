"""Which changes a tab of the list shows, and which of them match what somebody typed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.contrib.auth.models import User
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery, Sum

from keyconsole.aws_accounts.permissions import accounts_where
from keyconsole.aws_accounts.roles import Permission
from keyconsole.changes.models import Approval, Change, ChangeQuerySet
from keyconsole.changes.states import OPEN
from keyconsole.inventory.models import MultiRegionKey
from keyconsole.references import CHANGE, number_typed
from keyconsole.web.search.keys import key_matching
from keyconsole.web.search.term import Term, read_terms


class Tab(StrEnum):
    NEEDS_ME = "needs-me"
    OPEN = "open"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class TabLink:
    tab: Tab
    name: str
    count: int
    is_current: bool


def changes_for(person: User) -> ChangeQuerySet:
    return Change.objects.visible_in(accounts_where(person, Permission.VIEW))


def changes_in(tab: Tab, person: User, *, needing: ChangeQuerySet) -> ChangeQuerySet:
    if tab is Tab.NEEDS_ME:
        return needing
    return changes_for(person).open() if tab is Tab.OPEN else changes_for(person).closed()


def tab_wanted(text: str, *, needs_me: int) -> Tab:
    """The tab in the URL; without a known one, what needs the person comes first."""
    if text in set(Tab):
        return Tab(text)
    return Tab.NEEDS_ME if needs_me else Tab.OPEN


def tab_links(person: User, wanted: str, *, needs_me: int) -> list[TabLink]:
    counts = changes_for(person).aggregate(
        all=Count("pk"), open=Count("pk", filter=Q(state__in=sorted(OPEN)))
    )
    current = tab_wanted(wanted, needs_me=needs_me)
    return [
        TabLink(tab, name, count, tab is current)
        for tab, name, count in (
            (Tab.NEEDS_ME, "Needs me", needs_me),
            (Tab.OPEN, "Open", counts["open"]),
            (Tab.CLOSED, "Closed", counts["all"] - counts["open"]),
        )
    ]


def matching(changes: ChangeQuerySet, text: str) -> QuerySet[Change]:
    """Changes that hold every word: in reference, key, account, Regions, people, reason or ticket."""
    found: QuerySet[Change] = changes
    for term in read_terms(text):
        found = found.filter(_holds(term))
    return found


def list_version(person: User, *, now: datetime) -> str:
    """One query. The minute is part of it, since ages stand in the list."""
    seen = changes_for(person).aggregate(changes=Count("pk"), versions=Sum("version"))
    return f"{seen['changes']}.{seen['versions'] or 0}.{now:%H%M}"


def with_lines_seen(changes: QuerySet[Change], person: User) -> QuerySet[Change]:
    """How many lines of its batch the person sees, and to how many Regions these go, on each."""
    lines = changes_for(person).filter(batch=OuterRef("batch")).order_by().values("batch")
    regions = lines.annotate(count=Count("to_region", distinct=True))
    return changes.annotate(
        lines_seen=Subquery(lines.annotate(count=Count("pk")).values("count")),
        regions_seen=Subquery(regions.values("count")),
    )


def _holds(term: Term) -> Q:
    word = term.text
    found = Q(key__in=MultiRegionKey.objects.filter(key_matching(term)))
    found |= Q(from_region__in=term.regions) | Q(to_region__in=term.regions)
    if term.batch:
        found |= Q(batch__number=term.batch)
    for field in (
        "from_region",
        "to_region",
        "requester__username",
        "rejection__rejecter__username",
        "review__reviewer__username",
        "reason",
        "ticket",
    ):
        found |= Q(**{f"{field}__icontains": word})
    voted = Approval.objects.filter(change=OuterRef("pk"), approver__username__icontains=word)
    found |= Q(Exists(voted))
    if number := number_typed(CHANGE, word):
        found |= Q(number=number)
    return found
