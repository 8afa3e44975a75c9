"""Another member of the group agrees to an emergency: its own page, behind a fresh proof of who agrees."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from keyconsole.aws_accounts.roles import Permission
from keyconsole.changes.models import Change
from keyconsole.changes.requests import emergency_agreement as agreement
from keyconsole.refusals import Refused
from keyconsole.web.changes.confirmed import about
from keyconsole.web.changes.forms import EmergencyAgreementForm
from keyconsole.web.changes.members_asked import members_asked
from keyconsole.web.changes.page import plan_text
from keyconsole.web.guards import Proof, change_for, person_of, proof_given, requires
from keyconsole.web.reauthentication import Confirmation


def _agreeing(request: HttpRequest, ref: str) -> Confirmation | None:
    person = person_of(request)
    change = change_for(person, ref)
    if not agreement.may_agree(person, change, now=timezone.now()).allowed:
        return None
    return Confirmation(f"agree to the emergency {change.ref}", about(change))


@requires(Permission.VIEW, proof=Proof.EMERGENCY, confirms=_agreeing)
@require_http_methods(["GET", "HEAD", "POST"])
def agree_to_emergency(request: HttpRequest, ref: str) -> HttpResponse:
    person, now = person_of(request), timezone.now()
    change = change_for(person, ref)
    verdict = agreement.may_agree(person, change, now=now)
    form = EmergencyAgreementForm(request.POST or None, initial={"plan_sha256": change.plan_sha256})
    if form.is_valid() and _agreed(request, change, form):
        messages.warning(request, f"You agreed to {change.ref}. It runs as soon as a worker takes it.")
        return redirect(change)
    context = {
        "change": change,
        "form": form,
        "verdict": verdict,
        "plan_text": plan_text(change),
    }
    return render(
        request, "changes/agree_to_emergency.html", context | members_asked(change, person, now=now)
    )


def _agreed(request: HttpRequest, change: Change, form: forms.Form) -> bool:
    """False where it was refused; the form then says why."""
    typed, proof = form.cleaned_data, proof_given(request)
    try:
        agreement.agree(
            change,
            by=person_of(request),
            plan_sha256=typed["plan_sha256"],
            comment=typed["comment"],
            reauthenticated_at=proof.at,
            proof=proof,
            now=timezone.now(),
        )
    except Refused as refused:
        for reason in refused.reasons:
            form.add_error(None, reason)
        return False
    return True
