"""The forms that ask for a move: reason, ticket, when, and the key's name typed to confirm."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.http import Http404

from keyconsole.inventory.models import MultiRegionKey
from keyconsole.policies.document.rules import Rules
from keyconsole.text import REASON_AT_MOST
from keyconsole.web.changes.forms import run_at_field
from keyconsole.web.make_primary.fields import TokenField, reason_field, ticket_field, typed_field

# The pattern that AWS itself has for the parameter.
_REGION = re.compile(r"([a-z]+-){2,3}\d+", re.ASCII)


def region_or_404(region: str) -> None:
    if len(region) > 32 or not _REGION.fullmatch(region):
        raise Http404("No such Region.")


class BreakGlassForm(forms.Form):
    """Reason, ticket and the typed name: what every move asks."""

    reason = reason_field(missing="Say why the primary should move.")
    ticket = ticket_field()
    typed = typed_field("Alias or key id", missing="Type the key's alias or id to confirm.")
    token = TokenField()

    def __init__(self, *args: Any, key: MultiRegionKey, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.key = key

    def clean_typed(self) -> str:
        typed = str(self.cleaned_data["typed"])
        if typed not in {self.key.name, self.key.alias, self.key.key_id}:
            raise forms.ValidationError(
                f"This is not the name of the key. Type {self.key.name} exactly.", code="other-key"
            )
        return typed


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
