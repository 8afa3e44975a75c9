"""After a new secret key: every secret of a second factor is encrypted under it."""

from __future__ import annotations

from dataclasses import dataclass

from allauth.mfa.models import Authenticator
from django.db import transaction

from keyconsole.people.factors.encryption import under_todays_key
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
    secrets = Authenticator.objects.filter(type__in=_SECRET_OF).order_by("pk")
    for pk, kind, username in secrets.values_list("pk", "type", "user__username"):
        try:
            encrypted += _reencrypt(pk)
        except Refused:
            unreadable.append(f"{username} ({KIND_OF[kind]})")
    return Reencrypted(encrypted, tuple(unreadable))


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
