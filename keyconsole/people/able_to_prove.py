"""Who could prove a second factor: one that is set up here, or one that single sign-on asks for."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser, User
from django.db.models import BooleanField, ExpressionWrapper, Q

from keyconsole.people.factors.held import has_second_factor, holds_second_factor
from keyconsole.people.sso import second_factor


def can_prove_second_factor(person: User | AnonymousUser) -> bool:
    return has_second_factor(person) or second_factor.said_of(person)


def could_prove_second_factor(person: str) -> ExpressionWrapper[Q]:
    """For a query: whether the person in this field of its row could."""
    either = Q(holds_second_factor(person)) | Q(second_factor.is_said_of(person))
    return ExpressionWrapper(either, output_field=BooleanField())
