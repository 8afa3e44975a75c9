"""Freezing everything, typed and with its reason; and why it can be lifted."""

from __future__ import annotations

from typing import Any

from django import forms

from keyconsole.refusals import Refused
from keyconsole.text import REASON_AT_MOST, clean_why

TYPED = "freeze everything"


class _Why(forms.CharField):
    """Judged as the verb does it, in its words."""

    def __init__(self, *, needed: str, **options: Any) -> None:
        attributes = {"autocomplete": "off", "maxlength": REASON_AT_MOST}
        widget = forms.TextInput(attrs=attributes)
        super().__init__(widget=widget, error_messages={"required": needed}, **options)
        self._needed = needed

    def clean(self, value: Any) -> str:
        try:
            return clean_why(str(super().clean(value)), needed=self._needed)
        except Refused as refused:
            raise forms.ValidationError(str(refused), code="text") from refused


class FreezeForm(forms.Form):
    why = _Why(
        label="Why",
        needed="Say why everything is frozen: whoever is held back reads it.",
        help_text="Stands above every page until it is lifted, and stays in the record.",
    )
    typed = forms.CharField(
        label=f"Type “{TYPED}”",
        error_messages={"required": f"Type “{TYPED}” to confirm."},
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "off", "spellcheck": "false"}),
    )

    def clean_typed(self) -> str:
        typed = " ".join(str(self.cleaned_data["typed"]).casefold().split())
        if typed != TYPED:
            raise forms.ValidationError(f"Type “{TYPED}” to confirm.", code="not-confirmed")
        return typed


class LiftForm(forms.Form):
    why = _Why(
        label="Why it can be lifted",
        needed="Say why it can be lifted: whoever agrees reads it.",
        help_text="Whoever agrees reads it; it stays in the record.",
    )
