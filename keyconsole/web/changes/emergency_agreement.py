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
from keyconsole.web.changes.forms import EmergencyAgreementForm
from keyconsole.web.changes.members_asked import members_asked
from keyconsole.web.changes.page import plan_text
from keyconsole.web.guards import change_for, person_of, requires
from keyconsole.web.reauthentication import insist_on_fresh_proof, is_fresh, proved_at


@requires(Permission.VIEW)
@require_http_methods(["GET", "HEAD", "POST"])
def agree_to_emergency(request: HttpRequest, ref: str) -> HttpResponse:
    person, now = person_of(request), timezone.now()
    change = change_for(person, ref)
    verdict = agreement.may_agree(person, change, now=now)
    if verdict.allowed:
        insist_on_fresh_proof(request, now=now)
    form = EmergencyAgreementForm(request.POST or None, initial={"plan_sha256": change.plan_sha256})
    if form.is_valid() and _agreed(request, change, form):
        messages.warning(request, f"You agreed to {change.ref}. It runs as soon as a worker takes it.")
        return redirect(change)
    context = {
        "change": change,
        "form": form,
        "verdict": verdict,
        "plan_text": plan_text(change),
        "is_fresh": is_fresh(request, now=now),
    }
    return render(
        request, "changes/agree_to_emergency.html", context | members_asked(change, person, now=now)
    )


def _agreed(request: HttpRequest, change: Change, form: forms.Form) -> bool:
    """False where it was refused; the form then says why."""
    typed = form.cleaned_data
    try:
        agreement.agree(
            change,
            by=person_of(request),
            plan_sha256=typed["plan_sha256"],
            comment=typed["comment"],
            reauthenticated_at=proved_at(request),
            now=timezone.now(),
        )
    except Refused as refused:
        for reason in refused.reasons:
            form.add_error(None, reason)
        return False
    return True
