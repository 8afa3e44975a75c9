"""The forms of access reviews: since when changes are listed, starting one, answering lines."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

from django import forms
from django.utils import timezone

from keyconsole.text import REASON_AT_MOST
from keyconsole.web.people.forms import end_of

SINCE_DAYS, DUE_IN_DAYS = 30, 30
_DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class SinceForm(forms.Form):
    since = forms.DateField(label="Changes since (UTC)", required=False, widget=_DAY)

    @property
    def moment(self) -> datetime:
        """The beginning of the day; 30 days ago where none is named."""
        day = self.cleaned_data.get("since") if self.is_valid() else None
        day = day or (timezone.now() - timedelta(days=SINCE_DAYS)).date()
        return datetime.combine(day, time.min, tzinfo=UTC)


class StartForm(forms.Form):
    due = forms.DateField(
        label="Due",
        help_text="Owners have until the end of this day, in UTC. What waits then is listed as not answered.",
        widget=_DAY,
    )
    why = forms.CharField(
        label="What owners read first",
        required=False,
        max_length=REASON_AT_MOST,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    @property
    def due_at(self) -> datetime:
        return end_of(self.cleaned_data["due"])


class AnswerForm(forms.Form):
    answer = forms.ChoiceField(choices=[("confirm", "confirm"), ("remove", "remove")])
    comment = forms.CharField(required=False, max_length=REASON_AT_MOST)
