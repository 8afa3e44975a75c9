"""The forms of batches: choosing where many primaries go, and what people decide about a batch."""

from __future__ import annotations

import re
import secrets
from collections.abc import Collection
from typing import Any

from django import forms

from keyconsole.changes.models import OnFailure
from keyconsole.changes.words import REASON_AT_MOST, TICKET_AT_MOST

_TOKEN = re.compile(r"[\w-]{20,64}", re.ASCII)


def new_token() -> str:
    """Names one showing of the form, so that sending it twice asks once."""
    return secrets.token_urlsafe(24)


def words(label: str, *, required: bool, help_text: str, missing: str = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        required=required,
        max_length=REASON_AT_MOST,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=help_text,
        error_messages={"required": missing} if missing else None,
    )


class MoveKeysForm(forms.Form):
    """What is asked for, once the keys are chosen and each can go where it shall."""

    reason = words(
        "Reason",
        required=True,
        help_text=f"Stays in the record. At most {REASON_AT_MOST:,} characters.",
        missing="Say why the primaries should move.",
    )
    ticket = forms.CharField(
        required=False, max_length=TICKET_AT_MOST, help_text="A number or link, where you track such work."
    )
    on_failure = forms.ChoiceField(
        label="When one of them fails",
        choices=[
            (
                OnFailure.STOP.value,
                "Stop: what has not begun is cancelled. Each wave waits for the one before.",
            ),
            (OnFailure.CARRY_ON.value, "Carry on with the rest."),
        ],
        initial=OnFailure.STOP.value,
        widget=forms.RadioSelect,
    )
    typed = forms.CharField(
        label="How many",
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "off", "spellcheck": "false"}),
        error_messages={"required": "Type how many keys it is about to confirm."},
    )
    token = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, count: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.wanted = f"{count} key" if count == 1 else f"{count} keys"

    def clean_typed(self) -> str:
        typed = " ".join(str(self.cleaned_data["typed"]).split())
        if typed != self.wanted:
            raise forms.ValidationError(
                f"This is not how many it is. Type {self.wanted} exactly.", code="count"
            )
        return typed

    def clean_token(self) -> str:
        token = str(self.cleaned_data["token"])
        if not _TOKEN.fullmatch(token):
            raise forms.ValidationError("This form is not one of ours. Load the page again.", code="token")
        return token


class RegionForm(forms.Form):
    """Where the primaries of the chosen keys shall be."""

    to_region = forms.ChoiceField(
        label="New primary Region", error_messages={"invalid_choice": "None of these keys is in %(value)s."}
    )

    def __init__(self, *args: Any, regions: Collection[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["to_region"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [("", "Choose a Region"), *((region, region) for region in regions)]


class ApproveForm(forms.Form):
    plan_sha256 = forms.CharField(max_length=64, widget=forms.HiddenInput)
    comment = words("Comment", required=False, help_text="Stands beside your name in the record.")


class RejectForm(forms.Form):
    reason = words(
        "Why not",
        required=True,
        help_text="The requester reads it; it stays in the record.",
        missing="Say why: the requester and the record need the reason.",
    )


class CancelForm(forms.Form):
    reason = words(
        "Why it is taken back", required=False, help_text="It stays in the record, beside your name."
    )


class RunForm(forms.Form):
    """Nothing to type."""
