"""The form in which somebody who opened a link chooses a password."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.password_validation import password_validators_help_texts

_PASSWORD = forms.PasswordInput(attrs={"autocomplete": "new-password"})


class ChoosePasswordForm(forms.Form):
    password = forms.CharField(label="New password", strip=False, max_length=500, widget=_PASSWORD)
    again = forms.CharField(label="The same once more", strip=False, max_length=500, widget=_PASSWORD)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("password") and given.get("again") and given["password"] != given["again"]:
            self.add_error("again", "The two are not the same.")
        return given

    @property
    def rules(self) -> list[str]:
        return password_validators_help_texts()
