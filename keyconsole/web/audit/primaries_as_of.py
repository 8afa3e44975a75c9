"""Which Region was the primary of each key at a moment: the question of an auditor, as rows.

Says how sure the answer is and what it rests on. Never fills a gap in which nobody looked.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from keyconsole.aws_accounts.models import AwsAccount
from keyconsole.aws_accounts.permissions import accounts_where
from keyconsole.aws_accounts.roles import Permission
from keyconsole.changes.models import Attempt
from keyconsole.inventory.basis import NOBODY_YET, Basis, basis_of
from keyconsole.inventory.history import by_region
from keyconsole.inventory.models import MultiRegionKey, PrimaryPeriod, RegionKey, Sight
from keyconsole.inventory.periods import PrimaryAt, primaries_at
from keyconsole.web.pictures.world import WorldArc, WorldRegion
from keyconsole.web.search.field import SearchField
from keyconsole.web.search.keys import key_in, key_matching
from keyconsole.web.search.term import read_terms

_EPOCH = date(1970, 1, 1)
_DAYS_AT_MOST = 365 * 200
_DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def end_of(day: date) -> datetime:
    return datetime.combine(day, time.max, tzinfo=UTC)


def day_number(at: datetime) -> int:
    """Days since 1970: what the slider counts in."""
    return (at.astimezone(UTC).date() - _EPOCH).days


class KeysFilter(forms.Form):
    """Which keys are asked about, by any of their names, among those whose audit the person may read."""

    q = SearchField("Key")
    account = forms.ModelChoiceField(
        AwsAccount.objects.none(), to_field_name="account_id", required=False, empty_label="Any account"
    )

    def __init__(self, data: Any, *, person: User) -> None:
        super().__init__(data)
        self._accounts = accounts_where(person, Permission.READ_AUDIT)
        account = self.fields["account"]
        if isinstance(account, forms.ModelChoiceField):
            account.queryset = self._accounts

    def keys(self) -> QuerySet[MultiRegionKey]:
        """All of them where the filter cannot be used, which the page then tells."""
        wanted = self.cleaned_data if self.is_valid() else {}
        keys = MultiRegionKey.objects.filter(account__in=self._accounts)
        if wanted.get("account"):
            keys = keys.filter(account=wanted["account"])
        for term in read_terms(wanted.get("q", "")):
            keys = keys.filter(key_matching(term) | key_in(term))
        return keys

    def given(self) -> dict[str, str]:
        """For the record of an export."""
        return {name: str(self.cleaned_data[name]) for name in ("q", "account") if self.cleaned_data[name]}


class AsOf(KeysFilter):
    """A day, and a time of that day; without a time its end, without a day now. `days` is the slider's."""

    day = forms.DateField(label="Day (UTC)", required=False, widget=_DAY)
    at = forms.TimeField(
        label="Time (UTC)", required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    days = forms.IntegerField(required=False, min_value=0, max_value=_DAYS_AT_MOST, widget=forms.HiddenInput)
    field_order = ("day", "at", "q", "account")

    @property
    def moment(self) -> datetime:
        """Never later than now: nobody knows where a primary will be."""
        now, asked = timezone.now(), self.cleaned_data
        if asked["days"] is not None:
            return min(end_of(_EPOCH + timedelta(days=asked["days"])), now)
        if asked["day"] is None:
            return now
        return min(datetime.combine(asked["day"], asked["at"] or time.max, tzinfo=UTC), now)


@dataclass(frozen=True, slots=True)
class Cell:
    """What a key had in a Region then: `primary`, `replica`, `maybe` the primary, `moving`, or nothing."""

    region: str
    was: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class PrimaryRow:
    """`basis` is None where nobody had looked yet. `moving_by`: a change of ours was moving it then."""

    key: MultiRegionKey
    found: PrimaryAt | None
    basis: Basis | None
    cells: Sequence[Cell] = ()
    moving_by: str = ""

    @property
    def how_known(self) -> str:
        return self.basis.began_by if self.basis else NOBODY_YET


@dataclass(frozen=True, slots=True)
class Column:
    region: str
    primaries: int


@dataclass(frozen=True, slots=True)
class Flight:
    """A change of ours had been sent and had not ended."""

    ref: str
    from_region: str
    to_region: str


def flights_at(keys: QuerySet[MultiRegionKey], moment: datetime) -> dict[int, Flight]:
    sent = Attempt.objects.filter(change__key__in=keys.order_by(), started_at__lte=moment)
    sent = sent.filter(Q(change__closed_at=None) | Q(change__closed_at__gt=moment)).select_related("change")
    return {
        each.change.key_id: Flight(each.change.ref, each.change.from_region, each.change.to_region)
        for each in sent.order_by("started_at")
    }


def regions_ever(keys: QuerySet[MultiRegionKey]) -> list[str]:
    """The same at every moment, so that no column moves when the moment does."""
    here = keys.order_by()
    members = RegionKey.objects.filter(key__in=here).order_by().values_list("region", flat=True)
    periods = PrimaryPeriod.objects.filter(key__in=here).order_by().values_list("region", flat=True)
    return sorted(members.union(periods))


def rows_at(
    keys: Sequence[MultiRegionKey],
    moment: datetime,
    *,
    regions: Sequence[str],
    flights: Mapping[int, Flight],
) -> list[PrimaryRow]:
    """Two queries for all of these keys."""
    here = MultiRegionKey.objects.filter(pk__in=[key.pk for key in keys])
    found = primaries_at(here, moment)
    members = _members_at(here, moment).values_list("key_id", "region")
    there: dict[int, set[str]] = {key.pk: set() for key in keys}
    for key_id, region in members:
        there[key_id].add(region)
    rows = []
    for key in keys:
        known, flight = found.get(key.pk), flights.get(key.pk)
        cells = [_cell(region, known, there[key.pk], flight) for region in regions]
        basis = basis_of(known, moment) if known else None
        rows.append(PrimaryRow(key, known, basis, cells, flight.ref if flight else ""))
    return rows


def world_at(
    keys: QuerySet[MultiRegionKey],
    moment: datetime,
    *,
    regions: Sequence[str],
    flights: Collection[Flight],
) -> tuple[list[WorldRegion], list[WorldArc]]:
    primaries = by_region(keys, moment)
    members = _members_at(keys.order_by(), moment).order_by()
    totals = dict(members.values_list("region").annotate(Count("pk")))
    world = [
        WorldRegion(
            region, primaries.get(region, 0), max(totals.get(region, 0) - primaries.get(region, 0), 0)
        )
        for region in regions
    ]
    return world, [WorldArc(each.from_region, each.to_region) for each in flights]


def _members_at(keys: QuerySet[MultiRegionKey], moment: datetime) -> QuerySet[RegionKey]:
    """Region keys that had been seen by then, and were not gone yet when last seen."""
    seen = RegionKey.objects.filter(key__in=keys, first_seen_at__lte=moment)
    return seen.exclude(sight=Sight.GONE.value, last_seen_at__lt=moment)


def _cell(region: str, found: PrimaryAt | None, members: set[str], flight: Flight | None) -> Cell:
    if flight and region in {flight.from_region, flight.to_region}:
        return Cell(region, "moving", f"being moved from {flight.from_region} to {flight.to_region}")
    if found and found.or_region and region in {found.region, found.or_region}:
        return Cell(region, "maybe", "perhaps primary")
    if found and region == found.region:
        return Cell(region, "primary", "primary")
    return Cell(region, "replica", "seen there") if region in members else Cell(region)
