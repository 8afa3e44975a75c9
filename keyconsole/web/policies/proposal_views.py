"""Changing a policy: propose, agree, reject, withdraw, retire. The rules that held before decide."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from keyconsole.aws_accounts.permissions import accounts_where
from keyconsole.aws_accounts.roles import Permission
from keyconsole.policies.document.compare import differences
from keyconsole.policies.document.rules import DEFAULT, Rules
from keyconsole.policies.document.words import rows
from keyconsole.policies.models import PolicyVersion, VersionState
from keyconsole.policies.versions import propose as proposing
from keyconsole.policies.versions.horizon import Horizon, horizon_of, misfits_for
from keyconsole.policies.versions.notifications import told_voters
from keyconsole.policies.versions.votes import may_propose, tallies
from keyconsole.refusals import Refused
from keyconsole.web.fragments import page
from keyconsole.web.guards import Proof, person_of, proof_given, requires
from keyconsole.web.policies import confirmed
from keyconsole.web.policies.editor import Editor, sent, showing, with_more
from keyconsole.web.policies.effect import effect_of
from keyconsole.web.policies.forms import WhyForm
from keyconsole.web.policies.impact import asked_for, impact_of
from keyconsole.web.policies.known import Known, known_to
from keyconsole.web.policies.starters import TIME_ZONES, starter_called, starters
from keyconsole.web.policies.views import policy_called
from keyconsole.web.proposals import number_sent, say

_MORE = {f"more-{name}": name for name in ("requirements", "windows", "freezes")}


@requires(Permission.VIEW, proof=Proof.FRESH, confirms=confirmed.proposing)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    return _proposed_on_a_page(request, named="", held=None)


@requires(Permission.VIEW, proof=Proof.FRESH, confirms=confirmed.proposing)
@require_http_methods(["GET", "HEAD", "POST"])
def propose(request: HttpRequest, name: str) -> HttpResponse:
    horizon = horizon_of(person_of(request))
    named = policy_called(horizon, name).name
    return _proposed_on_a_page(request, named=named, held=_held(horizon, name))


@requires(Permission.VIEW, proof=Proof.FRESH, confirms=confirmed.retiring)
@require_http_methods(["GET", "HEAD", "POST"])
def retire(request: HttpRequest, name: str) -> HttpResponse:
    _refuse_others(request)
    horizon, form = horizon_of(person_of(request)), WhyForm(request.POST or None)
    policy = policy_called(horizon, name)
    _held(horizon, name)
    if form.is_valid():
        try:
            _propose(request, None, name=policy.name, why=form.cleaned_data["why"])
        except Refused as refused:
            for reason in refused.reasons:
                form.add_error(None, reason)
        else:
            return redirect("policy", policy.name)
    person = person_of(request)
    context = {"policy": policy, "form": form, "impact": impact_of(name, None, person=person)}
    context["asked"] = asked_for(name, None, proposer=person)
    return render(request, "policies/retire.html", context)


@requires(Permission.VIEW, proof=Proof.FRESH, confirms=confirmed.agreeing)
@require_POST
def agree(request: HttpRequest, name: str) -> HttpResponse:
    sha256, comment = request.POST.get("sha256", ""), request.POST.get("comment", "")

    def decide(version: PolicyVersion) -> str:
        by, now = person_of(request), timezone.now()
        proof = proof_given(request)
        holds = proposing.agree(version, by=by, sha256=sha256, comment=comment, now=now, proof=proof)
        return f"You agreed to {version}. " + (
            "It holds from now on." if holds else "It does not hold yet: others still have to agree."
        )

    return _decided(request, name, decide)


@requires(Permission.VIEW)
@require_POST
def reject(request: HttpRequest, name: str) -> HttpResponse:
    def decide(version: PolicyVersion) -> str:
        reason = request.POST.get("reason", "")
        by, now = person_of(request), timezone.now()
        proposing.reject(version, by=by, reason=reason, now=now, proof=proof_given(request))
        return f"You rejected {version}. What held before goes on holding."

    return _decided(request, name, decide)


@requires(Permission.VIEW)
@require_POST
def withdraw(request: HttpRequest, name: str) -> HttpResponse:
    def decide(version: PolicyVersion) -> str:
        by, now = person_of(request), timezone.now()
        proposing.withdraw(version, by=by, now=now)
        return f"{version} is withdrawn. What held before goes on holding."

    return _decided(request, name, decide)


def _decided(request: HttpRequest, name: str, decide: Callable[[PolicyVersion], str]) -> HttpResponse:
    versions = PolicyVersion.objects.select_related("policy", "proposer")
    horizon = horizon_of(person_of(request))
    version = get_object_or_404(
        versions, policy=policy_called(horizon, name), number=number_sent(request, "version")
    )
    if not version.retires and not horizon.holds_version(version):
        raise Http404("No such version.")
    say(request, lambda: decide(version))
    return redirect("policy", name)


def _proposed_on_a_page(request: HttpRequest, *, named: str, held: Rules | None) -> HttpResponse:
    """Write, look at what it would change, then propose: three steps at one address, and a way back."""
    _refuse_others(request)
    known = known_to(horizon_of(person_of(request)))
    step = request.POST.get("step", "")
    editor = _editor(request, named=named, held=held, known=known).offer(known)
    if request.method != "POST" or editor.rules is None or step in {*_MORE, "effect"}:
        return _form_page(request, editor, named, held, known)
    if step in {"edit", "form", "json"}:
        as_json = step == "json" or (step == "edit" and request.POST.get("back") == "json")
        again = showing(editor.rules, named=named, as_json=as_json, why=editor.why, groups=known.groups)
        return _form_page(request, again.offer(known), named, held, known)
    if step != "propose":
        return _preview_page(request, editor, named, held, ())
    try:
        version = _propose(request, editor.rules, name=editor.rules.name, why=editor.why)
    except Refused as refused:
        return _preview_page(request, editor, named, held, refused.reasons)
    return redirect("policy", version.policy.name)


def _editor(request: HttpRequest, *, named: str, held: Rules | None, known: Known) -> Editor:
    groups = known.groups
    if request.method != "POST":
        as_json = request.GET.get("as") == "json"
        starter = None if held else starter_called(request.GET.get("template", ""), groups)
        begun = held or (starter.rules if starter else DEFAULT)
        return showing(begun, named=named, as_json=as_json, groups=groups)
    step = request.POST.get("step", "")
    if more := _MORE.get(step):
        return with_more(request.POST, more, named=named, groups=groups)
    visible = accounts_where(person_of(request), Permission.VIEW)
    numbers = dict(visible.values_list("name", "account_id"))
    looking = step == "effect"
    return sent(request.POST, named=named, groups=groups, numbers=numbers, held=held, looking=looking)


def _propose(request: HttpRequest, rules: Rules | None, *, name: str, why: str) -> PolicyVersion:
    by, now = person_of(request), timezone.now()
    version = proposing.propose(rules, name=name, by=by, why=why, now=now, proof=proof_given(request))
    horizon = horizon_of(by)
    asked = [each for each in tallies(version) if horizon.holds_account(each.agreement.account)]
    told = told_voters(version, asked, only_these=not horizon.everywhere)
    messages.success(request, " ".join([f"{version} is proposed.", *told]))
    return version


def _form_page(
    request: HttpRequest, editor: Editor, named: str, held: Rules | None, known: Known
) -> HttpResponse:
    """The form with the effect beside it; htmx, which asks while somebody writes, gets the effect alone."""
    person = person_of(request)
    context = {
        "editor": editor,
        "form": editor.form,
        "named": named,
        "starters": () if named else starters(known.groups),
        "begun_with": request.GET.get("template", ""),
        "time_zones": TIME_ZONES,
        "effect": effect_of(editor, held, person=person),
    }
    return page(request, "policies/form.html", "effect", context)


def _preview_page(
    request: HttpRequest, editor: Editor, named: str, held: Rules | None, refused: tuple[str, ...]
) -> HttpResponse:
    person, rules = person_of(request), editor.rules or DEFAULT
    context = {
        "editor": editor,
        "named": named,
        "name": rules.name,
        "back": request.POST.get("back", "json" if editor.as_json else "form"),
        "words": rows(rules),
        "held": held,
        "differences": differences(held, rules) if held else (),
        "impact": impact_of(rules.name, rules, person=person),
        "asked": asked_for(rules.name, rules, proposer=person),
        "reasons": refused or misfits_for(horizon_of(person), rules),
    }
    return render(request, "policies/preview.html", context)


def _held(horizon: Horizon, name: str) -> Rules | None:
    """What is about to be changed: whoever does not see it changes nothing of it."""
    version = PolicyVersion.objects.filter(policy__name=name, state=VersionState.ACTIVE).first()
    if version and not version.retires and not horizon.holds_version(version):
        raise Http404("No such policy.")
    return version.rules if version else None


def _refuse_others(request: HttpRequest) -> None:
    verdict = may_propose(person_of(request))
    if not verdict.allowed:
        raise PermissionDenied(" ".join(verdict.reasons))
