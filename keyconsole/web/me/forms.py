"""The form of a token of one's own."""

from __future__ import annotations

from django import forms

from keyconsole.people.models import NAME_AT_MOST
from keyconsole.people.tokens import DAYS, DAYS_AT_MOST


class TokenForm(forms.Form):
    name = forms.CharField(
        label="What it is for",
        max_length=NAME_AT_MOST,
        widget=forms.TextInput(attrs={"autocomplete": "off", "placeholder": "deploy pipeline"}),
    )
    days = forms.IntegerField(label="Days", initial=DAYS, min_value=1, max_value=DAYS_AT_MOST)
