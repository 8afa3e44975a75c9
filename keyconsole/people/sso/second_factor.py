"""A second factor that single sign-on asked for: when its word counts, and for whom it counted last.

It counts where the server's operator named what they take for one, in the words of RFC 8176. By default
nothing does: a policy that asks for a second factor also guards against whoever holds the provider, and an
upgrade must not weaken it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser, User
from django.db.models import Exists, OuterRef, QuerySet

from keyconsole.people.models import SsoIdentity

# One proof, as the sign-in library keeps it in the session; by which method, where it was given there.
Record = Mapping[str, Any]
AT_PROVIDER = "sso"
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


def proves_one(record: Record) -> bool:
    """Whether this proof was given at the provider, and it said that it asked for one."""
    return record["method"] == AT_PROVIDER and is_one(record.get("amr") or ())


def asks_for_one(person: User | AnonymousUser, records: Sequence[Record]) -> bool:
    """Whether the provider, by which this session began, asks the person for one.

    It is then asked again, and a password does not take its place.
    """
    return any(each["method"] == AT_PROVIDER for each in records) and said_of(person)


def note(identity: SsoIdentity, *, said: bool) -> None:
    SsoIdentity.objects.filter(pk=identity.pk).update(second_factor=said)


def _said() -> QuerySet[SsoIdentity]:
    rows = SsoIdentity.objects.filter(second_factor=True)
    return rows if counts_anything() else rows.none()
