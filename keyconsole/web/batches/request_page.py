"""The page on which many keys are asked for: chosen keys, a Region, each key's answer, then the request."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from keyconsole.changes.batches.lines import Judged, Line, judged_lines, read_lines
from keyconsole.changes.batches.put_back import reason_back
from keyconsole.changes.batches.request import (
    LINES_AT_MOST,
    BatchRequest,
    moves_alone,
    refuse_count,
    request_lines,
)
from keyconsole.changes.models import Batch, Change, OnFailure
from keyconsole.inventory.models import MultiRegionKey
from keyconsole.refusals import Refused
from keyconsole.text import listed
from keyconsole.web.batches.chosen_keys import Chosen, chosen_keys, lines_to, regions_of, under_way
from keyconsole.web.batches.forms import MoveKeysForm, RegionForm
from keyconsole.web.batches.who_is_asked import who_is_asked
from keyconsole.web.guards import person_of, proof_given
from keyconsole.web.make_primary.fields import add_refusal, new_token
from keyconsole.web.reauthentication import Confirmation


def asking(request: HttpRequest, *, now: datetime) -> Batch | dict[str, Any]:
    """The batch that was asked for, or what the page shows."""
    if again := _asked_already(request):
        return again
    chosen = chosen_keys(request)
    region_form = _region_form(request, chosen)
    region = region_form.cleaned_data["to_region"] if region_form and region_form.is_valid() else ""
    judged = _judged(request, chosen, region, now=now)
    if "without" in request.POST:
        chosen, judged = _without_refused(chosen, judged)
    refused = [each for each in judged if each.reasons]
    form = _form(request, chosen)
    if judged and not refused and form.is_bound and form.is_valid():
        batch = _ask(request, chosen, [each.line for each in judged], form, now=now)
        if batch:
            return batch
    return {
        "chosen": chosen,
        "too_many": _too_many(chosen),
        "at_most": LINES_AT_MOST,
        "region_form": region_form,
        "to_region": region,
        "judged": judged,
        "refused": refused,
        "needs_approval": any(each.governing.rules.needs_approval for each in judged),
        "asked": who_is_asked(judged, requester=person_of(request)) if judged and not refused else (),
        "rows": _rows(chosen) if not judged else (),
        "form": form,
    }


def moving_alone(request: HttpRequest) -> Confirmation | None:
    """Where nobody else is asked about a line, asking is what moves its key."""
    if "ask" not in request.POST or _asked_already(request):
        return None
    chosen = chosen_keys(request)
    region_form = _region_form(request, chosen)
    region = region_form.cleaned_data["to_region"] if region_form and region_form.is_valid() else ""
    judged = _judged(request, chosen, region, now=timezone.now())
    if any(each.reasons for each in judged) or not moves_alone(judged):
        return None
    if not MoveKeysForm(request.POST, count=chosen.count).is_valid():
        return None
    accounts = sorted({each.line.key.account.name for each in judged})
    return Confirmation(f"move {len(judged)} key{'' if len(judged) == 1 else 's'}", f"in {listed(accounts)}")


def _asked_already(request: HttpRequest) -> Batch | None:
    """A form that is sent twice asks once; the second time its keys would all be under way."""
    token = request.POST.get("token", "") if "ask" in request.POST else ""
    if not token.isprintable():
        return None
    return Batch.objects.filter(request_token=token, requester=person_of(request)).first()


def _region_form(request: HttpRequest, chosen: Chosen) -> RegionForm | None:
    """None where each key goes back to a Region of its own."""
    if chosen.puts_back:
        return None
    asked = request.POST or request.GET
    data = asked if asked.get("to_region") else None
    return RegionForm(data, regions=regions_of(chosen.keys), count=chosen.count)


def _judged(request: HttpRequest, chosen: Chosen, region: str, *, now: datetime) -> list[Judged]:
    if not chosen.keys or not (region or chosen.puts_back):
        return []
    return judged_lines(
        person_of(request), read_lines(lines_to(chosen, region, by=person_of(request))), now=now
    )


def _without_refused(chosen: Chosen, judged: Sequence[Judged]) -> tuple[Chosen, list[Judged]]:
    kept = [each for each in judged if not each.reasons]
    keys = tuple(each.line.key for each in kept)
    return replace(chosen, keys=keys, count=len(keys)), kept


def _form(request: HttpRequest, chosen: Chosen) -> MoveKeysForm:
    """Bound only when it is sent; what was typed survives a look at other Regions or fewer keys."""
    if "ask" in request.POST:
        return MoveKeysForm(request.POST, count=chosen.count)
    initial = {
        name: request.POST[name] for name in ("reason", "ticket", "on_failure") if name in request.POST
    }
    if chosen.puts_back:
        initial = {"reason": reason_back(chosen.puts_back), "ticket": chosen.puts_back.ticket, **initial}
    return MoveKeysForm(count=chosen.count, initial={"token": new_token(), **initial})


def _ask(
    request: HttpRequest, chosen: Chosen, lines: Sequence[Line], form: MoveKeysForm, *, now: datetime
) -> Batch | None:
    """None where it was refused; the form then says why."""
    typed = form.cleaned_data
    batch_request = BatchRequest(
        lines=tuple(lines),
        by=person_of(request),
        reason=typed["reason"],
        ticket=typed["ticket"],
        token=typed["token"],
        proof=proof_given(request),
        on_failure=OnFailure(typed["on_failure"]),
        puts_back=chosen.puts_back,
    )
    try:
        return request_lines(batch_request, now=now)
    except Refused as refused:
        add_refusal(form, refused)
        return None


def _rows(chosen: Chosen) -> list[tuple[MultiRegionKey, Change | None]]:
    """Each chosen key with the open change that stands in its way, if any."""
    found = under_way(chosen.keys)
    return [(key, found.get(key.pk)) for key in chosen.keys]


def _too_many(chosen: Chosen) -> str:
    if chosen.count <= LINES_AT_MOST:
        return ""
    try:
        refuse_count(chosen.count)
    except Refused as refused:
        return str(refused)
    return ""
