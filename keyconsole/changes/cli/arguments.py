"""Who acts at the terminal, and on which change or keys; what is not there ends a command with status 2."""

from __future__ import annotations

import getpass
from argparse import ArgumentParser

from django.contrib.auth.models import User
from django.core.management.base import CommandError

from keyconsole.aws_accounts.terminal import who_types
from keyconsole.changes.models import Change
from keyconsole.changes.references import CHANGE, number_typed

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
    parser.add_argument(
        "--as", dest="username", default="", help="the person who asks (default: your login name)"
    )


def acting_person(username: str) -> User:
    """The person whose roles count; the login name where none is named."""
    username = username or getpass.getuser()
    person = (
        User.objects.filter(username=username, is_active=True).first() if username.isprintable() else None
    )
    if person is None:
        raise CommandError(f"There is no person {username[:80]!r}. Say who asks with --as.", returncode=USAGE)
    return person


def change_called(text: str) -> Change:
    changes = Change.objects.select_related("key__account", "requester")
    change = changes.filter(number=number_typed(CHANGE, text)).first()
    if change is None:
        raise CommandError(
            f"There is no change {text[:80]!r}. `manage.py change list` shows them.", returncode=USAGE
        )
    return change


def from_the_terminal() -> str:
    """How the record tells a person's verb at the terminal from one on a page."""
    return f"command line ({who_types()})"
