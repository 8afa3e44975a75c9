"""What moved between two days: every move of a primary, and how it came about."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from typing import Any

from django import forms
from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from keyconsole.inventory.models import Cause, PrimaryPeriod
from keyconsole.web.audit.primaries_as_of import KeysFilter, end_of

_DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
_USUALLY = timedelta(days=90)


class Between(KeysFilter):
    """Two days, both of them whole; without them the last ninety."""

    since = forms.DateField(label="From (UTC)", required=False, widget=_DAY)
    until = forms.DateField(label="To (UTC)", required=False, widget=_DAY)
    field_order = ("since", "until", "q", "account")

    def clean(self) -> dict[str, Any]:
        wanted = super().clean() or self.cleaned_data
        since, until = wanted.get("since"), wanted.get("until")
        if since and until and since > until:
            self.add_error("until", "This day is before the first one.")
        return wanted

    @property
    def start(self) -> datetime:
        day = self.cleaned_data["since"]
        return datetime.combine(day, time.min, tzinfo=UTC) if day else self.end - _USUALLY

    @property
    def end(self) -> datetime:
        day = self.cleaned_data["until"]
        return min(end_of(day), timezone.now()) if day else timezone.now()


def summed_up(periods: QuerySet[PrimaryPeriod]) -> Mapping[str, int]:
    counted: Mapping[str, int] = periods.order_by().aggregate(
        moves=Count("pk"),
        keys=Count("key", distinct=True),
        by_changes=Count("pk", filter=Q(cause=Cause.CHANGE.value)),
        out_of_band=Count("pk", filter=Q(cause=Cause.OUT_OF_BAND.value)),
    )
    return counted
