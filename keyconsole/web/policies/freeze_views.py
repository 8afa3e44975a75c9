"""The one switch that holds every change back, and lifting it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from keyconsole.aws_accounts.roles import Permission
from keyconsole.policies.schedule import freeze as freezing
from keyconsole.refusals import Refused
from keyconsole.web.guards import Proof, person_of, proof_given, requires
from keyconsole.web.policies.confirmed import lifting


@requires(Permission.VIEW)
@require_POST
def freeze(request: HttpRequest) -> HttpResponse:
    try:
        by, why = person_of(request), request.POST.get("why", "")
        freezing.freeze(by=by, why=why, now=timezone.now(), proof=proof_given(request))
    except Refused as refused:
        _tell(request, refused)
    else:
        messages.success(request, "Everything is frozen. No change runs until somebody lifts it.")
    return redirect("policies")


@requires(Permission.VIEW, proof=Proof.FRESH, confirms=lifting)
@require_POST
def lift_freeze(request: HttpRequest) -> HttpResponse:
    try:
        freezing.lift(by=person_of(request), now=timezone.now(), proof=proof_given(request))
    except Refused as refused:
        _tell(request, refused)
    else:
        messages.success(request, "The freeze is lifted. Changes run again as their policies say.")
    return redirect("policies")


def _tell(request: HttpRequest, refused: Refused) -> None:
    for reason in refused.reasons:
        messages.error(request, reason)
