"""`manage.py token create|list|revoke`: what programs prove with that they act for a person."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from keyconsole.aws_accounts.terminal import refused
from keyconsole.people.at_terminal import add_who_acts, who_acts
from keyconsole.people.models import PersonalToken
from keyconsole.people.tokens import DAYS, end_token, make_token
from keyconsole.refusals import Invalid
from keyconsole.terminal import who_types


class Command(BaseCommand):
    help = (
        "Make a token of one's own, list all, end one. A token acts as its person at the terminal, by the "
        "variable KEYCONSOLE_TOKEN. Exit status: 0 done, 1 refused, 2 usage."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        create = verbs.add_parser("create", help="make one, with its person's password; shown this once")
        create.add_argument("name", metavar="NAME", help="what it is for")
        create.add_argument("--days", type=int, default=DAYS, help=f"how long it lasts ({DAYS})")
        add_who_acts(create)
        listing = verbs.add_parser("list", help="every token, without its secret")
        listing.add_argument("--of", metavar="USERNAME", default="", help="of this person only")
        listing.add_argument("--json", action="store_true", dest="as_json", help="as JSON")
        revoke = verbs.add_parser("revoke", help="end one at once; takes nobody's password")
        revoke.add_argument("username", metavar="USERNAME", help="whose it is")
        revoke.add_argument("name", metavar="NAME")

    def handle(self, *_: object, verb: str, **options: Any) -> None:
        getattr(self, f"_{verb}")(options)

    def _create(self, options: dict[str, Any]) -> None:
        # Whoever holds one token must not live on by making others.
        proof = who_acts(options, by_password=True)
        try:
            with proof.acting():
                token, secret = make_token(
                    proof.person,
                    name=options["name"],
                    days=options["days"],
                    via=proof.via,
                    now=timezone.now(),
                )
        except Invalid as invalid:
            raise refused(invalid) from None
        self.stderr.write(
            f"{token.name} of {proof.person.username}, until {_at(token.expires_at)}. Shown this once:"
        )
        self.stdout.write(secret)

    def _list(self, options: dict[str, Any]) -> None:
        tokens = PersonalToken.objects.select_related("person").order_by("person__username", "made_at", "pk")
        if options["of"]:
            tokens = tokens.filter(person__username=options["of"])
        facts = [_facts(each, now=timezone.now()) for each in tokens]
        if options["as_json"]:
            self.stdout.write(json.dumps(facts, indent=2))
            return
        for each in facts:
            used = f"last used {each['last_used_at']}" if each["last_used_at"] else "never used"
            self.stdout.write(f"{each['person']}: {each['name']}, {each['stands']}, {used}")
        if not facts:
            self.stderr.write("No tokens.")

    def _revoke(self, options: dict[str, Any]) -> None:
        name, username = options["name"], options["username"]
        tokens = PersonalToken.objects.select_related("person").filter(ended_at=None)
        token = tokens.filter(person__username=username, name=name).first()
        by = who_types()
        if token is None or not end_token(token, by=by, via=f"at {by}", now=timezone.now()):
            sentence = f"{username[:150]!r} has no token called {name[:80]!r} that could be ended."
            raise CommandError(sentence, returncode=1)
        self.stdout.write(f"{token.name} of {username} is ended.")


def _facts(token: PersonalToken, *, now: datetime) -> dict[str, str]:
    if token.ended_at:
        stands = f"ended {_at(token.ended_at)} by {token.ended_by}"
    elif not token.person.is_active:
        stands = "does not count: its person is disabled"
    else:
        stands = f"{'until' if token.is_in_force(now) else 'expired'} {_at(token.expires_at)}"
    return {
        "person": token.person.username,
        "name": token.name,
        "stands": stands,
        "made_at": _at(token.made_at),
        "expires_at": _at(token.expires_at),
        "last_used_at": _at(token.last_used_at) if token.last_used_at else "",
        "ended_at": _at(token.ended_at) if token.ended_at else "",
    }


def _at(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"
