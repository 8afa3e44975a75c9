"""Policies as they hold: the list, one policy, and which one governs a move."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.db.models import prefetch_related_objects
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from keyconsole.aws_accounts.permissions import accounts_where
from keyconsole.aws_accounts.roles import Permission
from keyconsole.inventory.models import MultiRegionKey
from keyconsole.policies.models import Freeze, Policy
from keyconsole.policies.schedule import freeze, lifting
from keyconsole.policies.versions.horizon import Horizon, flags_for, horizon_of, policy_in
from keyconsole.policies.versions.votes import may_propose
from keyconsole.refusals import Refused
from keyconsole.text import clean_search
from keyconsole.web.guards import person_of, requires
from keyconsole.web.policies.explain import explained, targets_of
from keyconsole.web.policies.list import holding, not_holding, proposed
from keyconsole.web.policies.page import Version, holding_of, proposal_of, versions_of
from keyconsole.web.policies.runs_now import RunsNow, runs_now
from keyconsole.web.search.keys import key_named
from keyconsole.web.search.term import read_term

VERSIONS_SHOWN = 20
FREEZES_SHOWN = 5
KEYS_FOUND = 20
# An alias has up to 256 characters.
_NAME_AT_MOST = 300


@requires(Permission.VIEW)
@require_safe
def policies(request: HttpRequest) -> HttpResponse:
    person, now, frozen = person_of(request), timezone.now(), freeze.current()
    horizon = horizon_of(person)
    rows = holding(now, frozen=frozen is not None, horizon=horizon)
    context = {
        "rows": rows,
        "count": len(rows) - 1,
        "proposed": proposed(horizon),
        "flags": flags_for(horizon),
        "not_holding": not_holding(horizon),
        "propose": may_propose(person),
        "frozen_now": frozen,
        "switch": lifting.may_propose_to_lift(person, now=now) if frozen else freeze.may_freeze(person),
        "lifting": lifting.waiting_for(person) if frozen else None,
        "freezes": Freeze.objects.exclude(lifted_at=None)[:FREEZES_SHOWN],
    }
    return render(request, "policies/index.html", context)


@requires(Permission.VIEW)
@require_safe
def policy(request: HttpRequest, name: str) -> HttpResponse:
    person = person_of(request)
    horizon = horizon_of(person)
    found = policy_called(horizon, name)
    versions = versions_of(found, horizon)
    held = holding_of(versions)
    context = {
        "policy": found,
        "held": held,
        "runs_now": _runs_now(held),
        "proposal": proposal_of(versions, horizon),
        "propose": may_propose(person),
        "versions_page": Paginator(versions, VERSIONS_SHOWN).get_page(request.GET.get("page")),
    }
    return render(request, "policies/policy.html", context)


@requires(Permission.VIEW)
@require_safe
def explain(request: HttpRequest) -> HttpResponse:
    asked, region = request.GET.get("key", "").strip(), request.GET.get("to_region", "").strip()
    try:
        keys, problem = _keys_called(request, clean_search(asked, at_most=_NAME_AT_MOST)), ""
    except Refused as refused:
        keys, problem = [], str(refused)
    context: dict[str, Any] = {"asked": asked, "to_region": region, "keys": keys, "problem": problem}
    if len(keys) == 1:
        [key] = keys
        prefetch_related_objects([key], "region_keys")
        targets = targets_of(key)
        context |= {"key": key, "targets": targets, "unknown_region": bool(region) and region not in targets}
        horizon = horizon_of(person_of(request))
        context["moves"] = explained(key, to_region=region if region in targets else "", horizon=horizon)
    return render(request, "policies/explain.html", context)


def _runs_now(held: Version | None) -> RunsNow | None:
    rules = held.rules if held else None
    return runs_now(rules, timezone.now(), frozen=freeze.current() is not None) if rules else None


def policy_called(horizon: Horizon, name: str) -> Policy:
    found = policy_in(horizon, name)
    if found is None:
        raise Http404("No such policy.")
    return found


def _keys_called(request: HttpRequest, asked: str) -> list[MultiRegionKey]:
    """By any name of a key, in the accounts that the person sees; accounts may share an alias."""
    if not asked:
        return []
    visible = accounts_where(person_of(request), Permission.VIEW)
    keys = MultiRegionKey.objects.select_related("account").filter(account__in=visible)
    if account := request.GET.get("account", ""):
        keys = keys.filter(account__account_id=account if account.isprintable() else "")
    return list(keys.filter(key_named(read_term(asked))).order_by("account__name", "pk")[:KEYS_FOUND])
