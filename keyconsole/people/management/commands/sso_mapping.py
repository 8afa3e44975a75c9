"""`manage.py sso_mapping list|add|remove`: which groups of single sign-on give what."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from keyconsole.aws_accounts.roles import Role
from keyconsole.aws_accounts.terminal import account_called
from keyconsole.aws_accounts.told import tell_of_power
from keyconsole.people.sso import mapping
from keyconsole.people.sso.mapping import Wanted
from keyconsole.people.sso.reconcile import Difference
from keyconsole.refusals import Refused
from keyconsole.terminal import who_types


class Command(BaseCommand):
    help = (
        "List, add or remove what groups of single sign-on give. It holds at once, is recorded, and "
        "told to all administrators. Exit status: 0 done, 1 refused, 2 usage."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        listing = verbs.add_parser("list", help="every mapping, with how many people are in its group")
        listing.add_argument("--json", action="store_true", dest="as_json", help="as JSON")
        for verb, about in (("add", "let a group give something"), ("remove", "let it give that no more")):
            each = verbs.add_parser(verb, help=about)
            each.add_argument("sso_group", metavar="GROUP", help="as the provider names it")
            each.add_argument("--role", choices=[role.value for role in Role], default="")
            each.add_argument("--account", help="where the role holds: number or name; all otherwise")
            each.add_argument("--approvers", default="", metavar="NAME", help="a group of approvers instead")

    def handle(self, *_: object, verb: str, **options: Any) -> None:
        try:
            getattr(self, f"_{verb}")(options)
        except Refused as refused:
            raise CommandError(f"Refused: {refused}", returncode=1) from None

    def _list(self, options: dict[str, Any]) -> None:
        people = dict(mapping.known_groups())
        rows = [(mapping.as_wanted(each), each) for each in mapping.mappings()]
        if options["as_json"]:
            facts = [asked.facts | {"people": people.get(asked.sso_group, 0)} for asked, _ in rows]
            self.stdout.write(json.dumps(facts, indent=2))
            return
        for asked, each in rows:
            count = people.get(asked.sso_group, 0)
            self.stdout.write(f"{asked.sso_group}: {asked.gives}, {count} in it, added by {each.added_by}")
        if not rows:
            self.stderr.write("No mappings.")

    def _add(self, options: dict[str, Any]) -> None:
        asked, by, now = _asked(options), who_types(), timezone.now()
        with transaction.atomic():
            came_of_it = mapping.add_mapping(asked, by=by, now=now, facts={"via": f"at {by}"})
            tell_of_power(asked.says, by=by, path="/single-sign-on/", now=now)
        self._tell(asked, came_of_it)

    def _remove(self, options: dict[str, Any]) -> None:
        asked, by, now = _asked(options), who_types(), timezone.now()
        found = mapping.mapping_of(asked)
        if found is None:
            raise CommandError("Refused: there is no such mapping.", returncode=1)
        with transaction.atomic():
            came_of_it = mapping.remove_mapping(found, by=by, now=now, via=f"at {by}")
            says = f"{asked.says} no more"
            tell_of_power(says, by=by, path="/single-sign-on/", now=now)
        self._tell(asked, came_of_it)

    def _tell(self, asked: Wanted, came_of_it: Difference) -> None:
        self.stdout.write(
            f"{asked.sso_group}: {asked.gives}. {came_of_it.gained} gained something by it, "
            f"{came_of_it.lost} lost something."
        )


def _asked(options: dict[str, Any]) -> Wanted:
    account = account_called(options["account"]) if options["account"] else None
    return mapping.wanted(
        options["sso_group"], role=options["role"], account=account, group=options["approvers"]
    )
