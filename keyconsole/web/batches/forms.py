"""The forms of batches: choosing where many primaries go. People decide with the forms of single changes."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django import forms

from keyconsole.changes.models import OnFailure
from keyconsole.web.batches.chosen_keys import RegionOfChosen
from keyconsole.web.make_primary.fields import TokenField, reason_field, ticket_field, typed_field
from keyconsole.web.pictures.places import place


class MoveKeysForm(forms.Form):
    """What is asked for, once the keys are chosen and each can go where it shall."""

    reason = reason_field(missing="Say why the primaries should move.")
    ticket = ticket_field()
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
    typed = typed_field("How many", missing="Type how many keys it is about to confirm.")
    token = TokenField()

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


class RegionForm(forms.Form):
    """Where the primaries of the chosen keys shall be."""

    to_region = forms.ChoiceField(
        label="New primary Region",
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": "None of these keys is in %(value)s."},
    )

    def __init__(self, *args: Any, regions: Collection[RegionOfChosen], count: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["to_region"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [(each.region, _counted(each, count)) for each in regions]


def _counted(found: RegionOfChosen, count: int) -> str:
    """eu-west-1 Ireland: 12 of 14 have a replica there, 2 are primary there."""
    have = "has" if found.replicas == 1 else "have"
    told = [f"{found.replicas} of {count} {have} a replica there"] if found.replicas else []
    if found.primaries:
        told.append(f"{found.primaries} {'is' if found.primaries == 1 else 'are'} primary there already")
    return f"{found.region} {place(found.region).name}".strip() + ": " + ", ".join(told)


class RunForm(forms.Form):
    """Nothing to type: the waves say when each line runs."""
