"""Policies, groups of approvers and people: who has to agree, and who does."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib.auth.models import Group, User
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.http import urlencode

from keyconsole.aws_accounts.models import AwsAccount, RoleGrant
from keyconsole.aws_accounts.permissions import can, can_somewhere
from keyconsole.aws_accounts.roles import Permission
from keyconsole.policies.models import Policy
from keyconsole.policies.versions.horizon import Horizon
from keyconsole.web.search.hits import SHOWN, Hit, Hits, rest_of
from keyconsole.web.search.term import Term


def policies(horizon: Callable[[], Horizon], term: Term, exactly: bool) -> Hits:
    named = Q(name__iexact=term.text) if exactly else Q(name__icontains=term.text)
    there = Policy.objects.none() if term.names_a_key else Policy.objects.filter(named)
    seen = [
        policy
        for policy in there.prefetch_related("versions")
        if horizon().holds_policy(list(policy.versions.all()))
    ]
    hits = [
        Hit(policy.name, reverse("policy", args=[policy.name]), recorded_as=policy.name)
        for policy in seen[:SHOWN]
    ]
    return Hits("Policies", "policies", hits, len(seen) - len(hits), reverse("policies"))


def groups(person: User, horizon: Callable[[], Horizon], term: Term, exactly: bool) -> Hits:
    """Those that the page of groups shows them."""
    named = Q(name__iexact=term.text) if exactly else Q(name__icontains=term.text)
    there = set(Group.objects.filter(named).values_list("name", flat=True)) if not term.names_a_key else set()
    may_look = bool(there) and can_somewhere(person, Permission.VIEW)
    seen = sorted(horizon().groups(there)) if may_look else []
    hits = [Hit(name, reverse("groups"), ("group of approvers",), name) for name in seen[:SHOWN]]
    return Hits("Groups", "people", hits, len(seen) - len(hits), reverse("groups"))


def people(person: User, accounts: QuerySet[AwsAccount], term: Term, exactly: bool) -> Hits:
    """Those who hold a role where this person sees who does."""
    named = Q(username__iexact=term.text) if exactly else Q(username__icontains=term.text)
    grants = RoleGrant.objects.in_force().filter(Q(account=None) | Q(account__in=accounts))
    there = User.objects.filter(named, pk__in=grants.values("person"))
    found = (
        there.none()
        if term.names_a_key or not can_somewhere(person, Permission.VIEW)
        else there.order_by("username")
    )
    rows = list(found[:SHOWN])
    hits = [Hit(each.username, _acts_of(each, person), recorded_as=each.username) for each in rows]
    return Hits("People", "people", hits, rest_of(found, rows))


def _acts_of(who: User, reader: User) -> str:
    """Their page, for who manages people; else what they did, as far as this person may read it."""
    if can(reader, Permission.ADMINISTER):
        return reverse("person", args=[who.username])
    if can_somewhere(reader, Permission.READ_AUDIT):
        return f"{reverse('audit')}?{urlencode({'actor': who.username})}"
    return f"{reverse('changes')}?{urlencode({'q': who.username})}"
