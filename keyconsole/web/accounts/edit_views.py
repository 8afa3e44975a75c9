"""Editing an account: at once where nothing depends on it, else proposed; and deciding on what is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from keyconsole.aws_accounts import connection_test, register
from keyconsole.aws_accounts.models import AwsAccount
from keyconsole.aws_accounts.roles import Permission
from keyconsole.policies.account_edits import propose as proposing
from keyconsole.policies.account_edits.notifications import told_voters
from keyconsole.policies.models import AccountEdit
from keyconsole.policies.versions.votes import tallies
from keyconsole.refusals import Invalid, Refused
from keyconsole.web.accounts import confirmed
from keyconsole.web.accounts.forms import AccountForm
from keyconsole.web.accounts.page import way_in_kept
from keyconsole.web.accounts.proposed_edit import asked, differences, out_of_reach, reached
from keyconsole.web.guards import Proof, account_for, person_of, proof_given, requires
from keyconsole.web.policies.forms import WhyForm
from keyconsole.web.proposals import number_sent, say

Changes = Mapping[str, Any]


@requires(Permission.ADMINISTER, proof=Proof.FRESH, confirms=confirmed.editing)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, account_id: str) -> HttpResponse:
    found = account_for(person_of(request), account_id, Permission.ADMINISTER)
    form = AccountForm(request.POST if request.method == "POST" else None, account=found)
    if form.is_valid() and request.POST.get("step") != "edit":
        try:
            changes = register.page_changes(found, **form.entered())
            if register.needs_agreement(found, changes):
                return _proposed(request, found, form, changes)
            return _saved(request, found, form)
        except Invalid as invalid:
            form.add_problems(invalid.problems)
    kept = way_in_kept(found) if form.at_terminal else ()
    proposes = register.needs_agreement(found, ["role_arn"])
    context = {"form": form, "account": found, "kept": kept, "proposes": proposes}
    return render(request, "accounts/form.html", context)


@requires(Permission.VIEW, proof=Proof.FRESH, confirms=confirmed.agreeing)
@require_POST
def agree(request: HttpRequest, account_id: str) -> HttpResponse:
    sha256, comment = request.POST.get("sha256", ""), request.POST.get("comment", "")

    def decide(proposed: AccountEdit) -> str:
        by, now = person_of(request), timezone.now()
        proof = proof_given(request)
        made = proposing.agree(proposed, by=by, sha256=sha256, comment=comment, now=now, proof=proof)
        if made:
            return f"You agreed to {proposed}. It is made; a test of the connection is asked for."
        if proposed.outcome:
            return f"You agreed to {proposed}, but it {proposed.outcome}"
        return f"You agreed to {proposed}. Others are still asked; nothing is changed yet."

    return _decided(request, account_id, decide)


@requires(Permission.VIEW)
@require_POST
def reject(request: HttpRequest, account_id: str) -> HttpResponse:
    def decide(proposed: AccountEdit) -> str:
        reason = request.POST.get("reason", "")
        by, now = person_of(request), timezone.now()
        proposing.reject(proposed, by=by, reason=reason, now=now, proof=proof_given(request))
        return f"You rejected {proposed}. The account is entered as before."

    return _decided(request, account_id, decide)


@requires(Permission.VIEW)
@require_POST
def withdraw(request: HttpRequest, account_id: str) -> HttpResponse:
    def decide(proposed: AccountEdit) -> str:
        by, now = person_of(request), timezone.now()
        proposing.withdraw(proposed, by=by, now=now)
        return f"{proposed} is withdrawn. The account is entered as before."

    return _decided(request, account_id, decide)


def _saved(request: HttpRequest, account: AwsAccount, form: AccountForm) -> HttpResponse:
    by, now, proof = person_of(request).username, timezone.now(), proof_given(request)
    register.change_account(
        account, origin=register.Origin.PAGE, by=by, now=now, proof=proof, **form.entered()
    )
    connection_test.request_test(account, by=by, now=now)
    messages.success(request, f"{account} is saved. A test of its connection is asked for.")
    return redirect("account", account.account_id)


def _proposed(request: HttpRequest, account: AwsAccount, form: AccountForm, changes: Changes) -> HttpResponse:
    """First what it would change, what it reaches and who has to agree; then, with a reason, the proposal."""
    person, proposes = person_of(request), request.POST.get("step") == "propose"
    why = WhyForm(request.POST if proposes else None)
    if not proposes or not why.is_valid():
        problem = out_of_reach(account, proposer=person)
        return _preview(request, account, form, changes, why=why, reasons=[problem] if problem else [])
    try:
        edit = proposing.propose_edit(
            account,
            by=person,
            why=why.cleaned_data["why"],
            now=timezone.now(),
            proof=proof_given(request),
            **form.entered(),
        )
    except Refused as refused:
        return _preview(request, account, form, changes, why=why, reasons=refused.reasons)
    sentences = [f"{edit} is proposed. Nothing is changed until others agree."]
    messages.success(request, " ".join([*sentences, *told_voters(edit, tallies(edit))]))
    return redirect("account", account.account_id)


def _preview(
    request: HttpRequest,
    account: AwsAccount,
    form: AccountForm,
    changes: Changes,
    *,
    why: WhyForm,
    reasons: Sequence[str],
) -> HttpResponse:
    context = {
        "account": account,
        "entered": form,
        "form": why,
        "differences": differences({name: (each["from"], each["to"]) for name, each in changes.items()}),
        "reached": reached(account),
        "asked": asked(account, proposer=person_of(request)),
        "reasons": reasons,
    }
    return render(request, "accounts/edit_preview.html", context)


def _decided(request: HttpRequest, account_id: str, decide: Callable[[AccountEdit], str]) -> HttpResponse:
    account = account_for(person_of(request), account_id)
    edits = AccountEdit.objects.select_related("account", "proposer")
    proposed = get_object_or_404(edits, account=account, number=number_sent(request, "edit"))
    say(request, lambda: decide(proposed))
    return redirect("account", account.account_id)
