"""The one switch that holds every change back, and proposing to lift it."""

from __future__ import annotations

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from keyconsole.aws_accounts.roles import Permission
from keyconsole.policies.schedule import freeze as freezing
from keyconsole.policies.schedule import lifting
from keyconsole.refusals import Refused
from keyconsole.web.access_proposals.page import proposed_words
from keyconsole.web.guards import Proof, person_of, proof_given, requires
from keyconsole.web.policies import confirmed
from keyconsole.web.policies.freeze_forms import FreezeForm, LiftForm

_METHODS = ["GET", "HEAD", "POST"]


@requires(Permission.VIEW)
@require_http_methods(_METHODS)
def freeze(request: HttpRequest) -> HttpResponse:
    by, form = person_of(request), FreezeForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            why = form.cleaned_data["why"]
            freezing.freeze(by=by, why=why, now=timezone.now())
        except Refused as refused:
            _tell(form, refused)
        else:
            messages.success(request, "Everything is frozen. No change runs until two people lift it.")
            return redirect("policies")
    may = freezing.may_freeze(by)
    return render(request, "policies/freeze.html", {"form": form, "may": may})


@requires(Permission.VIEW, proof=Proof.FRESH, confirms=confirmed.lifting)
@require_http_methods(_METHODS)
def lift_freeze(request: HttpRequest) -> HttpResponse:
    """Proposes it; the one who agrees lifts it."""
    by, now = person_of(request), timezone.now()
    form = LiftForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            why, proof = form.cleaned_data["why"], proof_given(request)
            proposal = lifting.propose_to_lift(by=by, why=why, now=now, proof=proof)
        except Refused as refused:
            _tell(form, refused)
        else:
            messages.success(request, proposed_words(proposal))
            return redirect("proposal", proposal.ref)
    context = {
        "form": form,
        "may": lifting.may_propose_to_lift(by, now=now),
        "held": freezing.current(),
        "waiting": lifting.waiting_for(by),
    }
    return render(request, "policies/lift_freeze.html", context)


def _tell(form: Form, refused: Refused) -> None:
    for reason in refused.reasons:
        form.add_error(None, str(reason))
