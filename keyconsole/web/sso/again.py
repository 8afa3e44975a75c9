"""Proving it again at the provider, beside the ways that the sign-in library has."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import AnonymousUser, User
from django.urls import reverse

from keyconsole.people.models import SsoIdentity
from keyconsole.people.sso import second_factor
from keyconsole.people.sso.oidc.provider import the_provider
from keyconsole.people.sso.trusted_proxy import ISSUER


def prove_again_by_sso(person: User | AnonymousUser) -> list[dict[str, Any]]:
    """As one of the library's methods; none where the person is nobody at the provider."""
    provider = the_provider()
    if provider is None or not isinstance(person, User):
        return []
    if not SsoIdentity.objects.filter(person=person).exclude(issuer=ISSUER).exists():
        return []
    return [{"id": "sso", "description": f"Use {provider.name}", "url": reverse("sso-again")}]


def factor_at_the_provider(person: User | AnonymousUser) -> dict[str, Any] | None:
    """For pages: where to prove one there, and whether that was done; None where it would not count."""
    provider, way = the_provider(), prove_again_by_sso(person)
    if provider is None or not way or not second_factor.counts_anything():
        return None
    return {"name": provider.name, "url": way[0]["url"], "is_asked": second_factor.said_of(person)}
