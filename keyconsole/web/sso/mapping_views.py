"""Which groups of single sign-on give what: the list, and first what a change would mean for whom."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from keyconsole.aws_accounts.roles import Permission
from keyconsole.people.dual_control.propose import propose
from keyconsole.people.models import SsoMapping
from keyconsole.people.sso import mapping
from keyconsole.people.sso.kinds import map_group
from keyconsole.refusals import Refused
from keyconsole.web.access_proposals.page import proposed_words
from keyconsole.web.guards import Proof, person_of, proof_given, requires
from keyconsole.web.policies.forms import WhyForm
from keyconsole.web.sso import confirmed
from keyconsole.web.sso.forms import MappingForm
from keyconsole.web.sso.page import listed, unconfirmed, who_decides


@requires(Permission.ADMINISTER, everywhere=True)
@require_safe
def mappings(request: HttpRequest) -> HttpResponse:
    context = {**listed(), "unconfirmed": unconfirmed(now=timezone.now())}
    return render(request, "sso/mappings.html", context)


@requires(Permission.ADMINISTER, everywhere=True, proof=Proof.FRESH, confirms=confirmed.mapping_a_group)
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """The form, then who would gain what, and then, with a reason, the proposal."""
    form = MappingForm(request.POST if request.method == "POST" else None, initial=request.GET.dict())
    step = request.POST.get("step", "preview")
    if step == "edit" or not form.is_valid():
        return render(request, "sso/add.html", {"form": form, "groups": mapping.known_groups()})
    why = WhyForm(request.POST if step == "propose" else None)
    reasons: Sequence[str] = ()
    if step == "propose" and why.is_valid():
        try:
            return _proposed(request, form, why)
        except Refused as refused:
            reasons = refused.reasons
    return _preview(request, form, why, reasons)


@requires(Permission.ADMINISTER, everywhere=True, proof=Proof.FRESH, confirms=confirmed.removing_a_mapping)
@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(SsoMapping.objects.select_related("account", "group"), pk=pk)
    if request.method != "POST":
        context = {"asked": mapping.as_wanted(found), "preview": mapping.would_lose(found)}
        return render(request, "sso/remove.html", context)
    try:
        by, proof = person_of(request).username, proof_given(request)
        came_of_it = mapping.remove_mapping(found, by=by, now=timezone.now(), proof=proof)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, f"The mapping is removed; it had given something to {came_of_it.lost}.")
    return redirect("sso-mappings")


def _preview(request: HttpRequest, form: MappingForm, why: WhyForm, reasons: Sequence[str]) -> HttpResponse:
    asked, person = form.asked, person_of(request)
    decide = who_decides(asked, person, now=timezone.now())
    context = {
        "entered": form,
        "asked": asked,
        "form": why,
        "preview": mapping.would_gain(asked),
        "decide": decide,
        "reasons": reasons or decide.reasons,
    }
    return render(request, "sso/preview.html", context)


def _proposed(request: HttpRequest, form: MappingForm, why: WhyForm) -> HttpResponse:
    proposal = propose(
        map_group.NAME,
        form.asked.facts,
        by=person_of(request),
        why=why.cleaned_data["why"],
        now=timezone.now(),
        proof=proof_given(request),
    )
    messages.success(request, proposed_words(proposal))
    return redirect("sso-mappings")
