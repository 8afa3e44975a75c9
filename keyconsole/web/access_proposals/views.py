"""What gives power, as proposed: all that a person may see, one of them, and deciding on it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from keyconsole.people.dual_control import propose as deciding
from keyconsole.people.dual_control.sight import proposal_called, proposals_seen_by
from keyconsole.people.models import AccessProposal
from keyconsole.web.access_proposals.confirmed import agreeing
from keyconsole.web.access_proposals.list import StateFilter, matching
from keyconsole.web.access_proposals.page import shown
from keyconsole.web.guards import Proof, person_of, proof_given, signed_in
from keyconsole.web.proposals import number_sent, say

PER_PAGE = 50


@signed_in
@require_safe
def proposals(request: HttpRequest) -> HttpResponse:
    form = StateFilter(request.GET)
    wanted = form.cleaned_data.get("state", "") if form.is_valid() else ""
    found = matching(proposals_seen_by(person_of(request)), wanted)
    rows = found.select_related("proposer", "decided_by").order_by("-number")
    context = {"form": form, "page_obj": Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))}
    return render(request, "access_proposals/index.html", context)


@signed_in
@require_safe
def proposal(request: HttpRequest, ref: str) -> HttpResponse:
    person = person_of(request)
    context = {"proposal": shown(_found(request, ref), person)}
    return render(request, "access_proposals/proposal.html", context)


@partial(signed_in, proof=Proof.FRESH, confirms=agreeing)
@require_POST
def agree(request: HttpRequest, ref: str) -> HttpResponse:
    sha256, comment = request.POST.get("sha256", ""), request.POST.get("comment", "")

    def decide(found: AccessProposal) -> str:
        by, now = person_of(request), timezone.now()
        proof = proof_given(request)
        deciding.agree(found, by=by, sha256=sha256, comment=comment, now=now, proof=proof)
        return f"You agreed to {found}. It is done."

    return _decided(request, ref, decide)


@signed_in
@require_POST
def reject(request: HttpRequest, ref: str) -> HttpResponse:
    def decide(found: AccessProposal) -> str:
        reason = request.POST.get("reason", "")
        by, now = person_of(request), timezone.now()
        deciding.reject(found, by=by, reason=reason, now=now)
        return f"You rejected {found}. Nothing was changed."

    return _decided(request, ref, decide)


@signed_in
@require_POST
def withdraw(request: HttpRequest, ref: str) -> HttpResponse:
    def decide(found: AccessProposal) -> str:
        by, now = person_of(request), timezone.now()
        deciding.withdraw(found, by=by, now=now)
        return f"{found} is withdrawn. Nothing was changed."

    return _decided(request, ref, decide)


def _decided(request: HttpRequest, ref: str, decide: Callable[[AccessProposal], str]) -> HttpResponse:
    found = _found(request, ref)
    if number_sent(request, "proposal") != found.number:
        raise Http404("The form was of another proposal.")
    say(request, lambda: decide(found))
    # Who lost the right to see it in between is not sent to a page that is not there.
    still = proposal_called(ref, seen_by=person_of(request))
    return redirect("proposal", ref) if still else redirect("proposals")


def _found(request: HttpRequest, ref: str) -> AccessProposal:
    found = proposal_called(ref, seen_by=person_of(request))
    if found is None:
        raise Http404("No such proposal.")
    return found
