"""`manage.py emergency_sign_in PERSON`: the audited way in while single sign-on is down."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse
from django.utils import timezone

from keyconsole.aws_accounts.terminal import person_called
from keyconsole.people.sso.emergency import make_link
from keyconsole.refusals import Refused
from keyconsole.terminal import who_types


class Command(BaseCommand):
    help = (
        "Print a link that signs a person in once, within ten minutes. It is recorded, and told to all "
        "administrators. Exit status: 0 done, 1 refused, 2 usage."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username", metavar="PERSON")

    def handle(self, *_: object, username: str, **__: Any) -> None:
        person = person_called(username)
        try:
            made, secret = make_link(person, by=who_types(), now=timezone.now())
        except Refused as refused:
            raise CommandError(f"Refused: {refused}", returncode=1) from None
        path = reverse("emergency-sign-in", args=[secret])
        self.stderr.write(f"Signs {person.username} in once, until {made.expires_at:%H:%M} UTC:")
        self.stdout.write(f"{settings.KEYCONSOLE_URL}{path}")
        if not settings.KEYCONSOLE_URL:
            self.stderr.write("KEYCONSOLE_URL is not set: put the address of KeyConsole before it.")
