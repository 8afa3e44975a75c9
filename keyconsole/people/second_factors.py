"""Who has a second factor here: a passkey, or an app that makes codes. Recovery codes stand in for them."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, OuterRef

_FACTORS = (Authenticator.Type.WEBAUTHN.value, Authenticator.Type.TOTP.value)


def second_factors_of(person: AbstractBaseUser | AnonymousUser) -> frozenset[str]:
    """Of which types; empty where they have none."""
    found = Authenticator.objects.filter(user_id=person.pk, type__in=_FACTORS)
    return frozenset(found.values_list("type", flat=True)) if person.pk else frozenset()


def holds_second_factor(person: str) -> Exists:
    """For a query: whether the person in this field of its row has one."""
    return Exists(Authenticator.objects.filter(user=OuterRef(person), type__in=_FACTORS))
