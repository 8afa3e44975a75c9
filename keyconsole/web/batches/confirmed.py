"""What somebody confirms about a batch by their proof, in the words of the page that asks for it."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest
from django.utils import timezone

from keyconsole.changes.batches.part import part_seen_by
from keyconsole.changes.models import Batch
from keyconsole.text import listed
from keyconsole.web.action_forms import ActionForm
from keyconsole.web.batches.chosen_keys import batch_for
from keyconsole.web.guards import person_of
from keyconsole.web.reauthentication import Confirmation

_NAMED_AT_MOST = 3


def batch_confirmed(
    action: ActionForm[Batch], doing: str
) -> Callable[[HttpRequest, str], Confirmation | None]:
    """None where they may not, or where the form cannot stand: the page then says so first."""

    def confirms(request: HttpRequest, ref: str) -> Confirmation | None:
        person = person_of(request)
        batch = batch_for(person, ref)
        is_sent = action.form_for(batch, person, request.POST).is_valid()
        if not is_sent or not action.action.may(person, batch, timezone.now()).allowed:
            return None
        lines = part_seen_by(person, batch).lines
        return Confirmation(doing.format(ref=batch.ref), f"{_counted(len(lines))} in {_accounts(lines)}")

    return confirms


def _counted(lines: int) -> str:
    return f"{lines} key{'' if lines == 1 else 's'}"


def _accounts(lines: tuple[object, ...]) -> str:
    names = sorted({line.key.account.name for line in lines})  # type: ignore[attr-defined]
    if len(names) > _NAMED_AT_MOST:
        return f"{len(names)} accounts"
    return listed(names, "and")
