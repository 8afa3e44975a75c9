"""The confirmation page of a move. Asks the workflow; never AWS."""

from __future__ import annotations

import re

from django.contrib import messages
from django.db.models import prefetch_related_objects
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from keyconsole.aws_accounts.roles import Permission
from keyconsole.changes.models import Change
from keyconsole.changes.refusal import Refused
from keyconsole.changes.workflow import request_move
from keyconsole.inventory.models import MultiRegionKey
from keyconsole.web.fragments import page
from keyconsole.web.guards import key_for, person_of, requires
from keyconsole.web.listing.planned_move import planned_move
from keyconsole.web.make_primary_form import MakePrimaryForm, new_token

# The pattern that AWS itself has for the parameter.
_REGION = re.compile(r"([a-z]+-){2,3}\d+", re.ASCII)


@requires(Permission.VIEW)
@require_http_methods(["GET", "HEAD", "POST"])
def make_primary(request: HttpRequest, account_id: str, key_id: str, region: str) -> HttpResponse:
    key = key_for(person_of(request), account_id, key_id)
    if len(region) > 32 or not _REGION.fullmatch(region):
        raise Http404("No such Region.")
    prefetch_related_objects([key], "region_keys")
    form = MakePrimaryForm(request.POST or None, key=key, initial={"token": new_token()})
    if form.is_valid() and (change := _request(request, key, region, form)):
        messages.success(request, f"{change.ref} will make {change.to_region} the primary of {key.name}.")
        return redirect(change)
    move = planned_move(key, to_region=region, person=person_of(request), now=timezone.now())
    context = {"key": key, "to_region": region, "form": form, "move": move}
    return page(request, "make_primary/index.html", "", context)


def _request(request: HttpRequest, key: MultiRegionKey, region: str, form: MakePrimaryForm) -> Change | None:
    """None where it was refused; the form then says why."""
    typed = form.cleaned_data
    try:
        return request_move(
            key,
            to_region=region,
            by=person_of(request),
            reason=typed["reason"],
            ticket=typed["ticket"],
            token=typed["token"],
            now=timezone.now(),
        )
    except Refused as refused:
        for reason in refused.reasons:
            form.add_error(None, reason)
        return None
