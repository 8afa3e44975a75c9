"""`manage.py seed_demo --endpoint-url URL`: fills an empty database with the demo and its past."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from keyconsole.demo.history import tell_story
from keyconsole.demo.people import sign_in_table
from keyconsole.refusals import Invalid


class Command(BaseCommand):
    help = "Fill an empty database with the demo's people, accounts and past, and print how to sign in."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--endpoint-url", required=True, help="where the sandbox KMS listens")

    def handle(self, *_: Any, endpoint_url: str, **__: Any) -> None:
        if not settings.KEYCONSOLE_DEMO:
            raise CommandError(
                "This is not a demo: the demo's people have printed passwords. Set KEYCONSOLE_DEMO=1 only "
                "where that does no harm."
            )
        try:
            tell_story(endpoint_url=endpoint_url, now=timezone.now())
        except Invalid as invalid:
            raise CommandError(" ".join(invalid.problems.values())) from None
        self.stdout.write(sign_in_table())
