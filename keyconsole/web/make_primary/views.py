"""The confirmation page of a move. Asks the workflow; never AWS."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import prefetch_related_objects
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from keyconsole.aws_accounts.roles import Permission
from keyconsole.changes.authorization import may_request
from keyconsole.changes.models import Change
from keyconsole.changes.requests.request import request_move
from keyconsole.changes.states import State
from keyconsole.changes.told import told_of
from keyconsole.inventory.models import MultiRegionKey
from keyconsole.refusals import Refused
from keyconsole.web.fragments import page
from keyconsole.web.guards import Proof, key_for, person_of, proof_given, requires
from keyconsole.web.make_primary.earlier_move import earlier_move
from keyconsole.web.make_primary.fields import add_refusal, new_token
from keyconsole.web.make_primary.forms import MakePrimaryForm, region_or_404
from keyconsole.web.make_primary.governing_rules import move_rules
from keyconsole.web.make_primary.planned_move import planned_move
from keyconsole.web.reauthentication import Confirmation


def _moving_alone(request: HttpRequest, account_id: str, key_id: str, region: str) -> Confirmation | None:
    """Where nobody else is asked, asking is what moves the key; where others are, their approval is."""
    person, now = person_of(request), timezone.now()
    key = key_for(person, account_id, key_id)
    region_or_404(region)
    rules = move_rules(key, to_region=region, person=person, now=now).rules
    form = MakePrimaryForm(request.POST or None, key=key, rules=rules)
    if rules.needs_approval or not form.is_valid():
        return None
    if not may_request(person, key, to_region=region, now=now).allowed:
        return None
    return Confirmation(f"make {region} the primary", f"{key.account.name}: {key.name}")


@requires(Permission.VIEW, proof=Proof.FRESH, confirms=_moving_alone)
@require_http_methods(["GET", "HEAD", "POST"])
def make_primary(request: HttpRequest, account_id: str, key_id: str, region: str) -> HttpResponse:
    person, now = person_of(request), timezone.now()
    key = key_for(person, account_id, key_id)
    region_or_404(region)
    prefetch_related_objects([key], "region_keys")
    terms = move_rules(key, to_region=region, person=person, now=now)
    earlier = earlier_move(person, request.GET.get("from", ""), key=key, to_region=region)
    initial = {"token": new_token(), **(earlier.written if earlier else {})}
    form = MakePrimaryForm(request.POST or None, key=key, rules=terms.rules, initial=initial)
    if form.is_valid() and (change := _request(request, key, region, form)):
        messages.success(request, _begun(change))
        return redirect(change)
    move = planned_move(key, to_region=region, person=person, now=now)
    context = {
        "key": key,
        "to_region": region,
        "form": form,
        "move": move,
        "terms": terms,
        "earlier": earlier,
    }
    return page(request, "make_primary/index.html", "", context)


def _begun(change: Change) -> str:
    if change.state == State.PENDING:
        return " ".join([f"{change.ref} waits for approval.", *told_of(change)])
    return f"{change.ref} may run: a worker takes it as soon as nothing holds it back."


def _request(request: HttpRequest, key: MultiRegionKey, region: str, form: MakePrimaryForm) -> Change | None:
    """None where it was refused; the form then says why."""
    typed = form.cleaned_data
    try:
        return request_move(
            key,
            to_region=region,
            by=person_of(request),
            reason=typed["reason"],
            ticket=typed["ticket"],
            token=typed["token"],
            proof=proof_given(request),
            run_at=typed["run_at"],
            now=timezone.now(),
        )
    except Refused as refused:
        add_refusal(form, refused)
        return None
