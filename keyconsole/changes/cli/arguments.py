"""Who acts at the terminal, and on which change or keys; what is not there ends a command with status 2."""

from __future__ import annotations

from argparse import ArgumentParser

from django.contrib.auth.models import User
from django.core.management.base import CommandError

from keyconsole.aws_accounts.permissions import accounts_where
from keyconsole.aws_accounts.roles import Permission
from keyconsole.changes.models import Change
from keyconsole.people.at_terminal import add_who_acts
from keyconsole.references import CHANGE, number_typed

DONE, REFUSED, USAGE, NOT_KNOWN_YET = 0, 1, 2, 3


def add_wanted_move(parser: ArgumentParser) -> None:
    """Which keys go where and why, for each command that asks for moves."""
    parser.add_argument(
        "keys", nargs="*", metavar="KEY", help="key id or ARN; from standard input where none is given"
    )
    parser.add_argument("--primary-region", required=True, help="the Region that shall be primary")
    parser.add_argument(
        "--account", default="", help="account number or name, where a key id alone is ambiguous"
    )
    parser.add_argument("--reason", required=True, help="why; it stays in the record")


def add_who_asks(parser: ArgumentParser) -> None:
    parser.add_argument("--ticket", default="", help="a reference of your own")
    parser.add_argument("--force", action="store_true", help="do not ask here; every check still runs")
    add_who_acts(parser)


def change_called(text: str, *, seen_by: User | None = None) -> Change:
    """For a person who acts, what they may not see is not there; the operator reads everything."""
    changes = Change.objects.all()
    if seen_by:
        changes = changes.visible_in(accounts_where(seen_by, Permission.VIEW))
    changes = changes.select_related("key__account", "requester")
    change = changes.filter(number=number_typed(CHANGE, text)).first()
    if change is None:
        raise CommandError(
            f"There is no change {text[:80]!r}. `manage.py change list` shows them.", returncode=USAGE
        )
    return change
