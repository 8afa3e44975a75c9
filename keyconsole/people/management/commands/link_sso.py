"""`manage.py link_sso PERSON SUB [--issuer ISSUER]`: who a person here is at the provider."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from keyconsole.aws_accounts.terminal import person_called
from keyconsole.aws_accounts.told import path_of_record, tell_of_power
from keyconsole.people.sso.failures import SignInFailed
from keyconsole.people.sso.identity import link
from keyconsole.people.sso.oidc.discovery import metadata
from keyconsole.people.sso.oidc.provider import the_provider
from keyconsole.refusals import Refused
from keyconsole.terminal import who_types


class Command(BaseCommand):
    help = (
        "Link a person who is here already to who they are at the provider of single sign-on. Sessions that "
        "began by the link before end. Exit status: 0 done, 1 refused, 2 usage."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username", metavar="PERSON")
        parser.add_argument(
            "sub", metavar="SUB", help="their subject at the provider; the proxy's name for them"
        )
        parser.add_argument(
            "--issuer", default="", help="of another provider than the one set up; `proxy` for the proxy"
        )

    def handle(self, *_: object, username: str, sub: str, issuer: str, **__: Any) -> None:
        person, by, now = person_called(username), who_types(), timezone.now()
        issuer = issuer or _issuer()
        if not 0 < len(sub) <= 255 or not sub.isprintable() or len(issuer) > 300:
            raise CommandError("A subject has 1 to 255 characters, an issuer at most 300.", returncode=2)
        try:
            with transaction.atomic():
                link(person, issuer=issuer, sub=sub, by=by, now=now)
                says = f"link {person.username} to the subject {sub} of {issuer}"
                tell_of_power(says, by=by, path=path_of_record(person.username), now=now)
        except Refused as refused:
            raise CommandError(f"Refused: {refused}", returncode=1) from None
        self.stdout.write(f"{person.username} is {sub} of {issuer}. The next sign-in there is theirs.")


def _issuer() -> str:
    provider = the_provider()
    if provider is None:
        raise CommandError("Single sign-on is not set up. Name the --issuer.", returncode=2)
    try:
        return metadata(provider).issuer
    except SignInFailed as failed:
        raise CommandError(f"{failed}. Name the --issuer.", returncode=1) from None
