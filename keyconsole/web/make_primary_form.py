"""The forms that ask for a move: reason, ticket, when, and the key's name typed to confirm."""

from __future__ import annotations

import re
import secrets
from typing import Any

from django import forms
from django.http import Http404

from keyconsole.changes.refusal import Refused
from keyconsole.changes.words import REASON_AT_MOST, TICKET_AT_MOST, clean_text
from keyconsole.inventory.models import MultiRegionKey
from keyconsole.policies.document import Rules
from keyconsole.web.deed_forms import run_at_field

# The pattern that AWS itself has for the parameter.
_REGION = re.compile(r"([a-z]+-){2,3}\d+", re.ASCII)
_TOKEN = re.compile(r"[\w-]{20,64}", re.ASCII)


def new_token() -> str:
    """Names one showing of the form, so that sending it twice asks once."""
    return secrets.token_urlsafe(24)


def region_or_404(region: str) -> None:
    if len(region) > 32 or not _REGION.fullmatch(region):
        raise Http404("No such Region.")


class BreakGlassForm(forms.Form):
    """Reason, ticket and the typed name: what every move asks."""

    reason = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=f"Stays in the record. At most {REASON_AT_MOST:,} characters.",
        error_messages={"required": "Say why the primary should move."},
    )
    ticket = forms.CharField(required=False, help_text="A number or link, where you track such work.")
    typed = forms.CharField(
        label="Alias or key id",
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "off", "spellcheck": "false"}),
        error_messages={"required": "Type the key's alias or id to confirm."},
    )
    token = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, key: MultiRegionKey, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.key = key

    def clean_reason(self) -> str:
        return _plain("reason", self.cleaned_data["reason"], REASON_AT_MOST)

    def clean_ticket(self) -> str:
        return _plain("ticket", self.cleaned_data["ticket"], TICKET_AT_MOST)

    def clean_typed(self) -> str:
        typed = str(self.cleaned_data["typed"])
        if typed not in {self.key.name, self.key.alias, self.key.key_id}:
            raise forms.ValidationError(
                f"This is not the name of the key. Type {self.key.name} exactly.", code="other-key"
            )
        return typed

    def clean_token(self) -> str:
        token = str(self.cleaned_data["token"])
        if not _TOKEN.fullmatch(token):
            raise forms.ValidationError("This form is not one of ours. Load the page again.", code="token")
        return token


class MakePrimaryForm(BreakGlassForm):
    """And when to run it. The labels say what the rules of this move ask."""

    run_at = run_at_field()
    field_order = ("reason", "ticket", "run_at", "typed", "token")

    def __init__(self, *args: Any, rules: Rules, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if rules.reason_at_least:
            self.fields["reason"].help_text = (
                f"Stays in the record. At least {rules.reason_at_least}, "
                f"at most {REASON_AT_MOST:,} characters."
            )
        if rules.ticket_pattern:
            self.fields["ticket"].help_text = "The policy asks for one of the form below."


def _plain(name: str, text: str, at_most: int) -> str:
    try:
        return clean_text(name, text, at_most)
    except Refused as refused:
        raise forms.ValidationError(str(refused), code="text") from refused
