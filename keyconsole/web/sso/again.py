"""Proving it again at the provider, beside the ways that the sign-in library has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib.auth.models import AnonymousUser, User
from django.urls import reverse

from keyconsole.people.models import SsoIdentity
from keyconsole.people.sso import second_factor
from keyconsole.people.sso.oidc.provider import the_provider
from keyconsole.people.sso.trusted_proxy import ISSUER
from keyconsole.web.sso.session import BY_PROVIDER

Record = Mapping[str, Any]


def asks_for_a_factor_there(person: User | AnonymousUser, records: Sequence[Record]) -> bool:
    """Whether the provider, by which this session began, asks the person for a second factor that counts.

    It is then asked again, and a password does not take its place.
    """
    return any(each["method"] == BY_PROVIDER for each in records) and second_factor.said_of(person)


def proves_a_factor_there(record: Record) -> bool:
    return record["method"] == BY_PROVIDER and second_factor.is_one(record.get("amr") or ())


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
