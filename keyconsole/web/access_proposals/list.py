"""Which proposals the list shows."""

from __future__ import annotations

from django import forms
from django.db.models import QuerySet

from keyconsole.people.models import AccessProposal, AccessState

WORDS = {
    "": "Every state",
    AccessState.PROPOSED.value: "Waiting",
    AccessState.APPLIED.value: "Done",
    AccessState.REJECTED.value: "Rejected",
    AccessState.WITHDRAWN.value: "Withdrawn",
    AccessState.EXPIRED.value: "Expired",
    AccessState.STALE.value: "Ended by itself",
}


class StateFilter(forms.Form):
    state = forms.ChoiceField(required=False, choices=list(WORDS.items()), label="State")


def matching(proposals: QuerySet[AccessProposal], state: str) -> QuerySet[AccessProposal]:
    return proposals.filter(state=state) if state else proposals
