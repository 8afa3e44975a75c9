"""The one switch that holds every change back, and proposing to lift it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from keyconsole.aws_accounts.roles import Permission
from keyconsole.policies.schedule import freeze as freezing
from keyconsole.policies.schedule import lifting
from keyconsole.refusals import Refused
from keyconsole.web.access_proposals.page import proposed_words
from keyconsole.web.guards import Proof, person_of, proof_given, requires
from keyconsole.web.policies import confirmed


@requires(Permission.VIEW)
@require_POST
def freeze(request: HttpRequest) -> HttpResponse:
    try:
        by, why = person_of(request), request.POST.get("why", "")
        freezing.freeze(by=by, why=why, now=timezone.now(), proof=proof_given(request))
    except Refused as refused:
        _tell(request, refused)
    else:
        messages.success(request, "Everything is frozen. No change runs until two people lift it.")
    return redirect("policies")


@requires(Permission.VIEW, proof=Proof.FRESH, confirms=confirmed.lifting)
@require_POST
def lift_freeze(request: HttpRequest) -> HttpResponse:
    """Proposes it; the one who agrees lifts it."""
    by, now = person_of(request), timezone.now()
    try:
        why, proof = request.POST.get("why", ""), proof_given(request)
        proposal = lifting.propose_to_lift(by=by, why=why, now=now, proof=proof)
    except Refused as refused:
        _tell(request, refused)
        return redirect("policies")
    messages.success(request, proposed_words(proposal))
    return redirect("proposal", proposal.ref)


def _tell(request: HttpRequest, refused: Refused) -> None:
    for reason in refused.reasons:
        messages.error(request, reason)
