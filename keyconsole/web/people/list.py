"""The people that a filter means, and one page of them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.core.paginator import Page, Paginator
from django.db.models import Exists, OuterRef, Q, QuerySet

from keyconsole.aws_accounts.models import RoleGrant
from keyconsole.aws_accounts.roles import Role
from keyconsole.people.models import OneTimeLink, Purpose
from keyconsole.web.people.facts import ACTIVE, DISABLED, INVITED
from keyconsole.web.people.visible import Sight
from keyconsole.web.search.field import SearchField

PER_PAGE = 50
NO_ROLE = "none"


class PeopleFilter(forms.Form):
    q = SearchField("Name or e-mail")
    role = forms.ChoiceField(
        required=False,
        choices=[("", "Any role"), *((role.value, role.value) for role in Role), (NO_ROLE, "no role")],
    )
    state = forms.ChoiceField(
        required=False,
        choices=[
            ("", "Any state"),
            (ACTIVE, "active"),
            (INVITED, "invited"),
            (DISABLED, "disabled"),
        ],
    )


def people_found(sight: Sight, wanted: dict[str, Any]) -> QuerySet[User]:
    people = sight.people()
    for word in wanted.get("q", "").split():
        named = Q(username__icontains=word) | Q(first_name__icontains=word) | Q(last_name__icontains=word)
        # Addresses are shown to administrators of every account alone.
        people = people.filter(named | Q(email__icontains=word) if sight.everywhere else named)
    return _with_role(_in_state(people, wanted.get("state", "")), wanted.get("role", ""), sight)


def page_of(people: QuerySet[User], wanted: str | None) -> Page[User]:
    return Paginator(people.select_related("last_seen").order_by("username", "pk"), PER_PAGE).get_page(wanted)


def _in_state(people: QuerySet[User], state: str) -> QuerySet[User]:
    if state == ACTIVE:
        return people.filter(is_active=True)
    links = OneTimeLink.objects.filter(person=OuterRef("pk"), purpose=Purpose.INVITATION)
    never_came = Exists(links) & ~Exists(links.exclude(used_at=None))
    if state == INVITED:
        return people.filter(never_came, is_active=False)
    return people.filter(~never_came, is_active=False) if state == DISABLED else people


def _with_role(people: QuerySet[User], role: str, sight: Sight) -> QuerySet[User]:
    if not role:
        return people
    held = sight.grants().filter(person=OuterRef("pk"))
    if role == NO_ROLE:
        return people.filter(~Exists(RoleGrant.objects.in_force().filter(person=OuterRef("pk"))))
    return people.filter(Exists(held.filter(role=role)))
