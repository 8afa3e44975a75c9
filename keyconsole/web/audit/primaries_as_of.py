"""Which Region was the primary of each key at a moment: the question of an auditor, as rows.

Says how sure the answer is. Never fills a gap in which nobody looked.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone

from keyconsole.aws_accounts.models import AwsAccount
from keyconsole.inventory.models import Cause, MultiRegionKey
from keyconsole.inventory.periods import PrimaryAt, primaries_at

PRIMARY_COLUMNS = (
    "as_of",
    "account_id",
    "account",
    "key_id",
    "alias",
    "primary_region",
    "or_region",
    "since",
    "until",
    "cause",
    "change",
    "last_confirmed_at",
)
_CHUNK = 500


class AsOf(forms.Form):
    """A day, and a time of that day; without a time, the end of that day."""

    day = forms.DateField(
        label="Day (UTC)", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    at = forms.TimeField(
        label="Time (UTC)", required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )

    @property
    def moment(self) -> datetime:
        """Never later than now: nobody knows where a primary will be."""
        day: date = self.cleaned_data["day"]
        asked = datetime.combine(day, self.cleaned_data["at"] or time.max, tzinfo=UTC)
        return min(asked, timezone.now())


@dataclass(frozen=True, slots=True)
class PrimaryRow:
    key: MultiRegionKey
    found: PrimaryAt | None

    @property
    def how_known(self) -> str:
        if self.found is None:
            return "Nobody had looked yet."
        period = self.found.period
        if period.cause == Cause.CHANGE:
            return f"Moved there by {period.change_ref}."
        return (
            "Moved there outside of KeyConsole." if period.cause == Cause.OUT_OF_BAND else "Seen there first."
        )


def keys_of(accounts: QuerySet[AwsAccount]) -> QuerySet[MultiRegionKey]:
    keys = MultiRegionKey.objects.filter(account__in=accounts).select_related("account")
    return keys.order_by("account__name", "alias", "key_id")


def primary_rows(keys: Sequence[MultiRegionKey], moment: datetime) -> list[PrimaryRow]:
    """One query for all of these keys."""
    found = primaries_at(MultiRegionKey.objects.filter(pk__in=[key.pk for key in keys]), moment)
    return [PrimaryRow(key, found.get(key.pk)) for key in keys]


def exported(keys: QuerySet[MultiRegionKey], moment: datetime) -> Iterator[dict[str, Any]]:
    chunk: list[MultiRegionKey] = []
    for key in keys.iterator(chunk_size=_CHUNK):
        chunk.append(key)
        if len(chunk) == _CHUNK:
            yield from (_as_text(row, moment) for row in primary_rows(chunk, moment))
            chunk = []
    yield from (_as_text(row, moment) for row in primary_rows(chunk, moment))


def _as_text(row: PrimaryRow, moment: datetime) -> dict[str, Any]:
    period = row.found.period if row.found else None
    return {
        "as_of": moment.isoformat(timespec="seconds"),
        "account_id": row.key.account.account_id,
        "account": row.key.account.name,
        "key_id": row.key.key_id,
        "alias": row.key.alias,
        "primary_region": row.found.region if row.found else "unknown",
        "or_region": row.found.or_region if row.found else "",
        "since": _exact(period.started_at) if period else "",
        "until": _exact(period.ended_at) if period else "",
        "cause": period.cause if period else "",
        "change": period.change_ref if period else "",
        "last_confirmed_at": _exact(period.confirmed_at) if period else "",
    }


def _exact(at: datetime | None) -> str:
    return at.isoformat(timespec="seconds") if at else ""
