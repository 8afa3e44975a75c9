"""The emergency path of a move: its own page, behind a fresh proof of who asks. Never asks AWS."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.models import User
from django.db.models import prefetch_related_objects
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from keyconsole.aws_accounts.roles import Permission
from keyconsole.changes.authorization import gives_way
from keyconsole.changes.models import Change
from keyconsole.changes.requests import break_glass as emergency
from keyconsole.changes.requests import emergency_agreement as agreement
from keyconsole.changes.requests.create import MoveRequest
from keyconsole.changes.states import State
from keyconsole.changes.told import told_of
from keyconsole.inventory.models import MultiRegionKey
from keyconsole.notifications.announce import reach
from keyconsole.notifications.topics import Topic
from keyconsole.policies.quorum.roster import Roster
from keyconsole.refusals import Refused, Verdict
from keyconsole.web.fragments import page
from keyconsole.web.guards import Proof, key_for, person_of, proof_given, requires
from keyconsole.web.make_primary.fields import add_refusal, new_token
from keyconsole.web.make_primary.forms import BreakGlassForm, region_or_404
from keyconsole.web.make_primary.governing_rules import MoveRules, move_rules
from keyconsole.web.make_primary.planned_move import planned_move
from keyconsole.web.reauthentication import Confirmation


def _breaking_glass(request: HttpRequest, account_id: str, key_id: str, region: str) -> Confirmation | None:
    person, now = person_of(request), timezone.now()
    key = key_for(person, account_id, key_id)
    region_or_404(region)
    terms = move_rules(key, to_region=region, person=person, now=now)
    if not _verdict(key, region, person, terms, now=now).allowed:
        return None
    about = f"{key.account.name}: make {region} the primary of {key.name}"
    return Confirmation("use the emergency path", about)


@requires(Permission.VIEW, proof=Proof.EMERGENCY, confirms=_breaking_glass)
@require_http_methods(["GET", "HEAD", "POST"])
def break_glass(request: HttpRequest, account_id: str, key_id: str, region: str) -> HttpResponse:
    person, now = person_of(request), timezone.now()
    key = key_for(person, account_id, key_id)
    region_or_404(region)
    terms = move_rules(key, to_region=region, person=person, now=now)
    verdict = _verdict(key, region, person, terms, now=now)
    prefetch_related_objects([key], "region_keys")
    form = BreakGlassForm(request.POST or None, key=key, initial={"token": new_token()})
    if form.is_valid() and (change := _begun(request, key, region, form)):
        messages.warning(request, " ".join([_said(change), *told_of(change)]))
        return redirect(change)
    context = _before(key, person, terms) | {
        "key": key,
        "to_region": region,
        "form": form,
        "move": planned_move(key, to_region=region, person=person, now=now),
        "terms": terms,
        "verdict": verdict,
        "forecast": _forecast(key, person, terms) if verdict.allowed else (),
    }
    return page(request, "make_primary/emergency.html", "", context)


def _verdict(key: MultiRegionKey, region: str, person: User, terms: MoveRules, *, now: datetime) -> Verdict:
    return terms.emergency or emergency.may_break_glass(person, key, to_region=region, now=now)


def _said(change: Change) -> str:
    if change.state == State.PENDING:
        return f"{change.ref} waits for another member of the emergency group. Nothing runs before."
    return f"{change.ref} runs without approval, as soon as a worker takes it. A review of it is owed."


def _before(key: MultiRegionKey, person: User, terms: MoveRules) -> dict[str, Any]:
    """What it would take the place of, and whether somebody else has to agree to it first."""
    waiting = Change.objects.open().filter(key=key).select_related("requester", "batch").first()
    unreviewed = agreement.unreviewed_of(person)
    return {
        "gives_way": waiting if waiting and gives_way(waiting) else None,
        "unreviewed": unreviewed,
        "members": _members(key, person, terms) if unreviewed else (),
    }


def _members(key: MultiRegionKey, person: User, terms: MoveRules) -> tuple[str, ...]:
    group = terms.rules.emergency_group
    return agreement.other_members(group, key.account, without=person.username, roster=Roster.read())


def _forecast(key: MultiRegionKey, person: User, terms: MoveRules) -> tuple[str, ...]:
    """Whom a message would reach, said before anybody decides: the members who may agree come first."""
    members = _members(key, person, terms) if agreement.unreviewed_of(person) else ()
    topic = Topic.EMERGENCY_NEEDS_YOU if members else Topic.EMERGENCY_USED
    people = User.objects.filter(username__in=members or terms.asked)
    return reach(topic, people=people, account_id=key.account.account_id).forecast


def _begun(request: HttpRequest, key: MultiRegionKey, region: str, form: BreakGlassForm) -> Change | None:
    """None where it was refused; the form then says why."""
    typed = form.cleaned_data
    move_request = MoveRequest(
        key=key,
        to_region=region,
        by=person_of(request),
        reason=typed["reason"],
        ticket=typed["ticket"],
        token=typed["token"],
        proof=(proof := proof_given(request)),
    )
    try:
        return emergency.break_glass(move_request, reauthenticated_at=proof.at, now=timezone.now())
    except Refused as refused:
        add_refusal(form, refused)
        return None
