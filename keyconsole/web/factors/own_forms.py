"""What somebody types about a second factor of theirs."""

from __future__ import annotations

from django import forms

from keyconsole.people.models import FACTOR_NAME_AT_MOST


class SetUpForm(forms.Form):
    code = forms.CharField(
        label="Code that the app shows now",
        max_length=20,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "spellcheck": "false"}
        ),
    )

    @property
    def code_digits(self) -> str:
        """Without the space that apps print in the middle."""
        return "".join(str(self.cleaned_data["code"]).split())


class NameForm(forms.Form):
    name = forms.CharField(
        label="Name",
        max_length=FACTOR_NAME_AT_MOST,
        help_text="By which you tell it from others: phone, blue key.",
    )

    @property
    def new_name(self) -> str:
        return str(self.cleaned_data["name"])
