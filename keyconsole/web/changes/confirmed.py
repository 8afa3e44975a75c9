"""What somebody confirms about a change by their proof, in the words of the page that asks for it."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest
from django.utils import timezone

from keyconsole.changes.kinds.registry import kind_of
from keyconsole.changes.models import Change
from keyconsole.web.action_forms import ActionForm
from keyconsole.web.guards import change_for, person_of
from keyconsole.web.reauthentication import Confirmation


def change_confirmed(
    action: ActionForm[Change], doing: str
) -> Callable[[HttpRequest, str], Confirmation | None]:
    """None where they may not, or where the form cannot stand: the page then says so first."""

    def confirms(request: HttpRequest, ref: str) -> Confirmation | None:
        person = person_of(request)
        change = change_for(person, ref)
        is_sent = action.form_for(change, person, request.POST).is_valid()
        if not is_sent or not action.action.may(person, change, timezone.now()).allowed:
            return None
        return Confirmation(doing.format(ref=change.ref), about(change))

    return confirms


def about(change: Change) -> str:
    """Which account, and what becomes of the key there."""
    return f"{change.key.account.name}: {kind_of(change).title(change)}"
