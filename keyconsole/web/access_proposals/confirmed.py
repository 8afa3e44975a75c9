"""What somebody confirms about a proposal by proving who they are, in the words of the page that asks."""

from __future__ import annotations

from django.http import HttpRequest

from keyconsole.people.dual_control.may import may_agree
from keyconsole.people.dual_control.sight import proposal_called
from keyconsole.web.guards import person_of
from keyconsole.web.proposals import number_sent
from keyconsole.web.reauthentication import Confirmation


def agreeing(request: HttpRequest, ref: str) -> Confirmation | None:
    person = person_of(request)
    found = proposal_called(ref, seen_by=person)
    if found is None or found.number != number_sent(request, "proposal"):
        return None
    return Confirmation(f"agree to {found}", found.says) if may_agree(person, found).allowed else None
