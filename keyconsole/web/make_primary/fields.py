"""The fields of every form that asks for a move: reason, ticket, what is typed to confirm, and its token."""

from __future__ import annotations

import re
import secrets
from typing import Any

from django import forms

from keyconsole.refusal_codes import Code
from keyconsole.refusals import Refused
from keyconsole.text import REASON_AT_MOST, TICKET_AT_MOST, clean_text

# Refusals that are about one field stand at that field.
_FIELDS = {Code.REASON_MISSING: "reason", Code.REASON_TOO_SHORT: "reason", Code.TICKET_MISFIT: "ticket"}
_TOKEN = re.compile(r"[\w-]{20,64}", re.ASCII)


def new_token() -> str:
    """Names one showing of the form, so that sending it twice asks once."""
    return secrets.token_urlsafe(24)


class WordsField(forms.CharField):
    """Judged as the workflow does it, in its words."""

    def __init__(self, what: str, at_most: int, **options: Any) -> None:
        super().__init__(**options)
        self._what, self._at_most = what, at_most

    def clean(self, value: Any) -> str:
        try:
            return clean_text(self._what, super().clean(value), self._at_most)
        except Refused as refused:
            raise forms.ValidationError(str(refused), code="text") from refused


class TokenField(forms.CharField):
    widget = forms.HiddenInput

    def clean(self, value: Any) -> str:
        token = str(super().clean(value))
        if not _TOKEN.fullmatch(token):
            raise forms.ValidationError("This form is not one of ours. Load the page again.", code="token")
        return token


def reason_field(*, missing: str) -> WordsField:
    return WordsField(
        "reason",
        REASON_AT_MOST,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=f"Stays in the record. At most {REASON_AT_MOST:,} characters.",
        error_messages={"required": missing},
    )


def ticket_field() -> WordsField:
    help_text = "A number or link, where you track such work."
    return WordsField("ticket", TICKET_AT_MOST, required=False, help_text=help_text)


def typed_field(label: str, *, missing: str) -> forms.CharField:
    """No help from the browser: whoever confirms types it."""
    attributes = {"autocomplete": "off", "autocapitalize": "off", "spellcheck": "false"}
    return forms.CharField(
        label=label, widget=forms.TextInput(attrs=attributes), error_messages={"required": missing}
    )


def add_refusal(form: forms.Form, refused: Refused) -> None:
    """Each reason at the field that it is about, else above the form."""
    for reason in refused.reasons:
        form.add_error(_FIELDS.get(reason.code), forms.ValidationError(str(reason), code=reason.code))
