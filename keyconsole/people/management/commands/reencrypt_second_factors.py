"""`manage.py reencrypt_second_factors`: after a new secret key, before the old one leaves the fallbacks."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from keyconsole.people.factors.rotation import reencrypt_all
from keyconsole.people.sso.secrets_kept import reencipher_all


class Command(BaseCommand):
    help = (
        "Encrypt the secrets of all second factors, and the tokens of single sign-on, under today's secret "
        "key. Afterwards an older key may leave KEYCONSOLE_SECRET_KEY_FALLBACKS. Exit status: 0, 1, 2."
    )

    def handle(self, *_: object, **__: Any) -> None:
        done = reencrypt_all()
        self.stdout.write(f"Under today's secret key: {done.encrypted}.")
        if people := reencipher_all():
            self.stdout.write(
                f"Tokens of single sign-on: of {people} {'person' if people == 1 else 'people'}."
            )
        if done.unreadable:
            names = ", ".join(done.unreadable)
            raise CommandError(f"Cannot be read with any key that the server has: {names}.", returncode=1)
