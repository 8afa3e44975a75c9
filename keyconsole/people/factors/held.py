"""Which second factors somebody has. Recovery codes are none: they stand in for one that is lost."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from allauth.mfa.models import Authenticator
from django.contrib.auth.models import AnonymousUser, User
from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.fields.json import KT


class Kind(StrEnum):
    """As the record and the pages name them; the last one counts as no factor."""

    TOTP = "totp"
    PASSKEY = "passkey"
    RECOVERY_CODES = "recovery-codes"


class SecondFactor(NamedTuple):
    kind: Kind
    name: str
    made_at: datetime
    last_used_at: datetime | None


KIND_OF = {
    Authenticator.Type.TOTP.value: Kind.TOTP,
    Authenticator.Type.WEBAUTHN.value: Kind.PASSKEY,
    Authenticator.Type.RECOVERY_CODES.value: Kind.RECOVERY_CODES,
}
TOTP_NAME = "Authenticator app"
_FACTORS = [Authenticator.Type.TOTP.value, Authenticator.Type.WEBAUTHN.value]


def has_second_factor(person: User | AnonymousUser) -> bool:
    """Also for somebody who is not stored yet."""
    return factors().filter(user_id=person.pk).exists()


def holds_second_factor(person: str) -> Exists:
    """For a query: whether the person in this field of its row has one."""
    return Exists(factors().filter(user=OuterRef(person)))


def second_factors(person: User) -> list[SecondFactor]:
    """The oldest first."""
    return second_factors_of([person]).get(person.pk, [])


def second_factors_of(people: Iterable[User]) -> dict[int, list[SecondFactor]]:
    """By the person's primary key, in one query; who has none is not among them."""
    wanted = people if isinstance(people, QuerySet) else [person.pk for person in people]
    rows = (
        factors()
        .filter(user__in=wanted)
        .order_by("created_at", "pk")
        .values_list("user_id", "type", KT("data__name"), "created_at", "last_used_at")
    )
    found: dict[int, list[SecondFactor]] = {}
    for user_id, kind, name, made_at, last_used_at in rows:
        factor = SecondFactor(KIND_OF[kind], name or TOTP_NAME, made_at, last_used_at)
        found.setdefault(user_id, []).append(factor)
    return found


def factors() -> QuerySet[Authenticator]:
    """Everybody's, as the sign-in library stores them, without recovery codes."""
    rows: QuerySet[Authenticator] = Authenticator.objects.filter(type__in=_FACTORS)
    return rows


def name_of(factor: Authenticator) -> str:
    return str(factor.data.get("name") or TOTP_NAME)
