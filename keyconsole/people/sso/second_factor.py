"""A second factor that single sign-on asked for: when its word counts, and for whom it counted last.

It counts where the server's operator named what they take for one, in the words of RFC 8176. By default
nothing does: a policy that asks for a second factor also guards against whoever holds the provider, and an
upgrade must not weaken it.
"""

from __future__ import annotations

from collections.abc import Collection

from django.conf import settings
from django.contrib.auth.models import AnonymousUser, User
from django.db.models import Exists, OuterRef, QuerySet

from keyconsole.people.models import SsoIdentity

# What somebody knows, or where they are, is no second factor; nor is a call or message that can be rerouted.
NO_FACTOR = frozenset({"pwd", "pin", "kba", "user", "geo", "rba", "sms", "tel", "wia"})


def counts_anything() -> bool:
    return bool(settings.KEYCONSOLE_OIDC_SECOND_FACTOR_AMR)


def is_one(amr: Collection[str]) -> bool:
    """Whether this claim of an ID token says one; where it is absent, nothing does."""
    return not set(amr).isdisjoint(settings.KEYCONSOLE_OIDC_SECOND_FACTOR_AMR)


def said_of(person: User | AnonymousUser) -> bool:
    """At their last sign-in or proof there. Also for somebody who is not stored yet."""
    return _said().filter(person=person.pk).exists()


def is_said_of(person: str) -> Exists:
    """For a query: of the person in this field of its row."""
    return Exists(_said().filter(person=OuterRef(person)))


def said_of_people(people: Collection[User]) -> Collection[int]:
    """Their primary keys; asks nothing where nothing counts."""
    return _said().filter(person__in=people).values_list("person", flat=True) if counts_anything() else ()


def note(identity: SsoIdentity, *, said: bool) -> None:
    SsoIdentity.objects.filter(pk=identity.pk).update(second_factor=said)


def _said() -> QuerySet[SsoIdentity]:
    rows = SsoIdentity.objects.filter(second_factor=True)
    return rows if counts_anything() else rows.none()
