"""Groups of approvers: who is in them; joining is proposed, and another agrees; leaving is done at once."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from keyconsole.audit.given_proof import refuse_stale
from keyconsole.aws_accounts.permissions import can
from keyconsole.aws_accounts.roles import Permission
from keyconsole.people.assign import take_out_of_group
from keyconsole.people.dual_control.kinds import join_group
from keyconsole.people.dual_control.may import could_agree, why_not_proposed
from keyconsole.people.dual_control.propose import propose
from keyconsole.policies.versions.health import unsatisfiable
from keyconsole.policies.versions.horizon import horizon_of
from keyconsole.refusals import Refused
from keyconsole.web.access_proposals.effects import of_joining
from keyconsole.web.access_proposals.page import named, proposed_words
from keyconsole.web.guards import Proof, person_of, proof_given, requires
from keyconsole.web.policies.confirmed import joining, leaving
from keyconsole.web.policies.forms import WhyForm
from keyconsole.web.policies.group_forms import LeaveForm, MemberForm
from keyconsole.web.policies.groups import group_rows, policies_of_group
from keyconsole.web.proposals import say


@requires(Permission.VIEW)
@require_safe
def groups(request: HttpRequest) -> HttpResponse:
    person = person_of(request)
    context = {"groups": group_rows(horizon_of(person)), "may_change": can(person, Permission.ADMINISTER)}
    return render(request, "policies/groups.html", context)


@requires(Permission.ADMINISTER, everywhere=True, proof=Proof.FRESH, confirms=joining)
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest) -> HttpResponse:
    """First what it would do and who could agree; then, with a reason, the proposal."""
    sent = request.POST if request.method == "POST" else None
    form = MemberForm(sent, initial={name: request.GET.get(name, "") for name in ("group", "person")})
    if not form.is_valid() or request.POST.get("step") == "edit":
        return render(request, "policies/join_group.html", {"form": form})
    proposes = request.POST.get("step") == "propose"
    why = WhyForm(request.POST if proposes else None)
    if not proposes or not why.is_valid():
        return _preview(request, form, why)
    facts, by, now = form.facts, person_of(request), timezone.now()
    try:
        words, proof = why.cleaned_data["why"], proof_given(request)
        proposal = propose(join_group.NAME, facts, by=by, why=words, now=now, proof=proof)
    except Refused as refused:
        return _preview(request, form, why, reasons=refused.reasons)
    messages.success(request, proposed_words(proposal))
    return redirect("proposal", proposal.ref)


@requires(Permission.ADMINISTER, everywhere=True, proof=Proof.FRESH, confirms=leaving)
@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: HttpRequest) -> HttpResponse:
    """Asked for once more, then done at once: what takes power away needs no second person."""
    form = LeaveForm(request.POST if request.method == "POST" else request.GET)
    if not form.is_valid():
        messages.error(request, " ".join(form.sentences))
        return redirect("groups")
    person, group = form.cleaned_data["person"], form.cleaned_data["group"]
    why = WhyForm(request.POST if request.method == "POST" else None)
    if not why.is_valid():
        context = {"person": person, "group": group, "named_by": policies_of_group(group), "form": why}
        return render(request, "policies/leave_group.html", context)
    say(request, lambda: _took_out(request, person, group, why=why.cleaned_data["why"]))
    return redirect("groups")


def _took_out(request: HttpRequest, person: User, group: str, *, why: str) -> str:
    refuse_stale(proof_given(request))
    take_out_of_group(person, group, why=why, by=person_of(request), now=timezone.now())
    for version, flag in unsatisfiable():
        messages.warning(request, f"{version}: {flag}")
    return f"{person.username} is no longer in the group {group}."


def _preview(
    request: HttpRequest, form: MemberForm, why: WhyForm, *, reasons: Sequence[str] = ()
) -> HttpResponse:
    person, facts, kind = person_of(request), form.facts, join_group.JOIN_GROUP
    able = could_agree(kind, facts, proposer=person.username)
    context = {
        "entered": form,
        "form": why,
        "says": kind.says(facts),
        "differences": [of_joining(form.cleaned_data["person"], facts["group"])],
        "named_by": policies_of_group(facts["group"]),
        "able": named(sorted(able)),
        "reasons": reasons or why_not_proposed(person, kind, facts, now=timezone.now()),
    }
    return render(request, "policies/join_preview.html", context)
