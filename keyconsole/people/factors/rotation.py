"""After a new secret key: which secrets of second factors cannot be read, and all of them encrypted anew."""

from __future__ import annotations

from dataclasses import dataclass

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.db.models import QuerySet

from keyconsole.people.factors.encryption import decrypt, under_todays_key
from keyconsole.people.factors.held import KIND_OF
from keyconsole.refusals import Refused

_SECRET_OF = {Authenticator.Type.TOTP.value: "secret", Authenticator.Type.RECOVERY_CODES.value: "seed"}


@dataclass(frozen=True, slots=True)
class Reencrypted:
    """How many, and whose could not be read: "ana (totp)"."""

    encrypted: int
    unreadable: tuple[str, ...]


def reencrypt_all() -> Reencrypted:
    encrypted, unreadable = 0, list[str]()
    for pk, kind, username in _secrets().values_list("pk", "type", "user__username"):
        try:
            encrypted += _reencrypt(pk)
        except Refused:
            unreadable.append(f"{username} ({KIND_OF[kind]})")
    return Reencrypted(encrypted, tuple(unreadable))


def how_many_unreadable() -> int:
    """Written under a key that the server no longer has."""
    return sum(not _is_readable(factor) for factor in _secrets().iterator())


def _secrets() -> QuerySet[Authenticator]:
    rows: QuerySet[Authenticator] = Authenticator.objects.filter(type__in=_SECRET_OF).order_by("pk")
    return rows


def _is_readable(factor: Authenticator) -> bool:
    try:
        decrypt(factor.data[_SECRET_OF[factor.type]])
    except Refused:
        return False
    return True


def _reencrypt(pk: int) -> int:
    """Under the row's lock: a recovery code that is used meanwhile stays used."""
    with transaction.atomic():
        factor = Authenticator.objects.select_for_update().filter(pk=pk).first()
        if factor is None:
            return 0
        name = _SECRET_OF[factor.type]
        factor.data[name] = under_todays_key(factor.data[name])
        factor.save(update_fields=["data"])
    return 1
