"""`manage.py group NAME [--add USER…] [--remove USER…]`: who is in a group of approvers."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import Group, User
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from keyconsole.aws_accounts.terminal import person_called
from keyconsole.aws_accounts.told import path_of_record, tell_of_power
from keyconsole.people.groups import join, leave
from keyconsole.policies.versions.health import unsatisfiable
from keyconsole.refusals import Refused
from keyconsole.terminal import who_types


class Command(BaseCommand):
    help = (
        "Show a group of approvers, and add or remove people: at once, with a message to administrators. "
        "The first one added makes the group."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", metavar="NAME", help="such as platform or security")
        parser.add_argument("--add", nargs="+", default=[], metavar="USER")
        parser.add_argument("--remove", nargs="+", default=[], metavar="USER")

    def handle(self, *_: object, name: str, add: list[str], remove: list[str], **__: Any) -> None:
        joining, leaving = [list(map(person_called, usernames)) for usernames in (add, remove)]
        by, now = who_types(), timezone.now()
        try:
            with transaction.atomic():
                for person in joining:
                    if join(person, name, by=by, now=now):
                        says = f"put {person.username} into the group {name.strip()}"
                        tell_of_power(says, by=by, path=path_of_record(person.username), now=now)
                for person in leaving:
                    leave(person, name, by=by, now=now)
        except Refused as no:
            raise CommandError(f"Refused: {no}", returncode=1) from None
        self.stdout.write(_told(name.strip()))
        if joining or leaving:
            for version, sentence in unsatisfiable():
                self.stderr.write(f"{version}: {sentence}")


def _told(name: str) -> str:
    group = Group.objects.filter(name=name).first() if name.isprintable() else None
    if group is None:
        raise CommandError(f"There is no group {name[:80]!r}.", returncode=2)
    people = User.objects.filter(memberships__group=group).order_by("username").distinct()
    names = [each.username if each.is_active else f"{each.username} (inactive)" for each in people]
    return f"{name}: {', '.join(names) or 'nobody'}"
