"""The keys that a filter means, their order, and one page of them, in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from django.contrib.auth.models import User
from django.core.paginator import Page, Paginator
from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet

from keyconsole.aws_accounts.models import AwsAccount
from keyconsole.changes.models import Change
from keyconsole.inventory.drift import drifting, light_members
from keyconsole.inventory.models import MultiRegionKey, RegionKey, Sight
from keyconsole.web.keys.columns import AT_FIRST
from keyconsole.web.keys.drift_cell import DriftCell, drift_cell
from keyconsole.web.keys.filter import Choices, KeyFilter
from keyconsole.web.keys.governing import governing_names
from keyconsole.web.search.keys import key_in, key_matching
from keyconsole.web.search.term import read_terms
from keyconsole.web.statuses import KEY_STATES

PER_PAGE = 50
UNKNOWN_SIGHTS = [Sight.DENIED.value, Sight.UNREACHABLE.value, Sight.UNLOOKED.value]
_COLUMNS = {
    "alias": ("alias", "key_id"),
    "account": ("account__name", "alias"),
    "key": ("key_id",),
    "primary": ("primary_region", "alias"),
    "seen": ("last_seen_at", "alias"),
}


@dataclass(frozen=True, slots=True)
class RegionColumn:
    region: str
    primaries: int


@dataclass(frozen=True, slots=True)
class Cell:
    """One Region of one key; without role and with visibility `seen`: the key has nothing there."""

    region: str
    role: str = ""
    state: str = ""
    visibility: str = "seen"


@dataclass(frozen=True, slots=True)
class KeyRow:
    """One line of the matrix: a cell for each column."""

    key: MultiRegionKey
    cells: Sequence[Cell]
    open_change: Change | None
    drift: DriftCell | None = None  # only where its column is shown
    policy: str = ""


def choices_in(accounts: QuerySet[AwsAccount]) -> Choices:
    regions = _members(MultiRegionKey.objects.filter(account__in=accounts)).values_list("region", flat=True)
    return Choices(
        accounts=dict(accounts.values_list("account_id", "name")),
        regions=sorted(regions.order_by("region").distinct()),
        states=tuple(KEY_STATES),
    )


def keys_in(accounts: QuerySet[AwsAccount], wanted: KeyFilter) -> QuerySet[MultiRegionKey]:
    keys = MultiRegionKey.objects.filter(account__in=accounts)
    if wanted.account:
        keys = keys.filter(account__account_id=wanted.account)
    if wanted.primary:
        keys = keys.filter(primary_region=wanted.primary)
    if wanted.replica:
        keys = keys.filter(_has(Q(region=wanted.replica))).exclude(primary_region=wanted.replica)
    if wanted.state:
        keys = keys.filter(_has(Q(state=wanted.state, sight=Sight.SEEN.value)))
    for term in read_terms(wanted.text):
        keys = keys.filter(key_matching(term) | key_in(term))
    return _ordered(_shown(keys, wanted.show), wanted)


def region_keys_of(keys: QuerySet[MultiRegionKey]) -> int:
    """How many rows an export of them has with one a Region key."""
    return _members(keys).count()


def columns_of(keys: QuerySet[MultiRegionKey]) -> list[RegionColumn]:
    """Every Region that any of the keys is in, on this page of the list or not."""
    counts = dict(keys.order_by().values_list("primary_region").annotate(Count("pk")))
    regions = _members(keys).order_by("region").values_list("region", flat=True).distinct()
    return [RegionColumn(region, counts.get(region, 0)) for region in regions]


def rows_of(
    keys: Sequence[MultiRegionKey],
    columns: Sequence[RegionColumn],
    *,
    shown: Collection[str] = AT_FIRST,
    person: User | None = None,
) -> list[KeyRow]:
    """`shown`: the optional columns, of which those of policies are as this person sees them."""
    regions = columns if "regions" in shown else ()
    policies = governing_names(keys, person) if person and "policy" in shown else {}
    return [
        replace(
            _row(key, regions),
            drift=drift_cell(key) if "drift" in shown else None,
            policy=policies.get(key.pk, ""),
        )
        for key in keys
    ]


def cell_of(region: str, member: RegionKey | None) -> Cell:
    if member is None or member.sight == Sight.GONE:
        return Cell(region)
    return Cell(region, member.role, member.state, visibility_of(member))


def visibility_of(member: RegionKey) -> str:
    """The word that the looks know. Where nobody has looked is another thing than what could not be seen."""
    return str(member.sight)


def with_members(keys: QuerySet[MultiRegionKey]) -> QuerySet[MultiRegionKey]:
    return keys.select_related("account").prefetch_related(
        Prefetch("region_keys", queryset=light_members().exclude(sight=Sight.GONE.value)),
        Prefetch("changes", queryset=Change.objects.open(), to_attr="open_changes"),
    )


def page_of(keys: QuerySet[MultiRegionKey], wanted: str) -> Page[MultiRegionKey]:
    """The page of that number; the first or last one where there is no such page."""
    return Paginator(with_members(keys), PER_PAGE).get_page(wanted)


def _row(key: MultiRegionKey, columns: Sequence[RegionColumn]) -> KeyRow:
    members = {member.region: member for member in key.region_keys.all()}
    cells = [cell_of(column.region, members.get(column.region)) for column in columns]
    open_changes: list[Change] = getattr(key, "open_changes", [])
    return KeyRow(key, cells, open_changes[0] if open_changes else None)


def _members(keys: QuerySet[MultiRegionKey]) -> QuerySet[RegionKey]:
    return RegionKey.objects.filter(key__in=keys.order_by()).exclude(sight=Sight.GONE.value)


def _has(condition: Q) -> Exists:
    members = RegionKey.objects.filter(key=OuterRef("pk")).exclude(sight=Sight.GONE.value)
    return Exists(members.filter(condition))


def _shown(keys: QuerySet[MultiRegionKey], show: str) -> QuerySet[MultiRegionKey]:
    if show == "drift":
        return keys.filter(pk__in=[drift.key.pk for drift in drifting(keys)])
    if show == "unknown":
        return keys.filter(_has(Q(sight__in=UNKNOWN_SIGHTS)))
    if show == "change":
        return keys.filter(Exists(Change.objects.open().filter(key=OuterRef("pk"))))
    return keys


def _ordered(keys: QuerySet[MultiRegionKey], wanted: KeyFilter) -> QuerySet[MultiRegionKey]:
    first, *rest = _COLUMNS[wanted.sort]
    # The primary key last: without it, equal rows could change places between two pages.
    return keys.order_by(f"-{first}" if wanted.descending else first, *rest, "pk")
