"""The field in which people type what they search for; what nobody means is told beside it."""

from __future__ import annotations

from typing import Any

from django import forms

from keyconsole.refusals import Refused
from keyconsole.text import SEARCH_AT_MOST, clean_search


class SearchField(forms.CharField):
    def __init__(self, label: str | None = None) -> None:
        widget = forms.TextInput(attrs={"maxlength": SEARCH_AT_MOST})
        super().__init__(label=label, required=False, widget=widget)

    def clean(self, value: Any) -> str:
        try:
            return clean_search(str(value or ""))
        except Refused as refused:
            raise forms.ValidationError(str(refused)) from None
