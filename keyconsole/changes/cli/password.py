"""A person proves at the terminal who they are: with their password, typed unseen or read from a file."""

from __future__ import annotations

import getpass
import sys
from pathlib import Path

from django.contrib.auth import authenticate
from django.contrib.auth.models import User
from django.core.management.base import CommandError

from keyconsole.changes.cli.arguments import REFUSED, USAGE


def refuse_without_password(person: User, password_file: str | None) -> None:
    """Ends the command where the password is wrong or nobody is there to type it."""
    if authenticate(username=person.username, password=_password(person, password_file)) != person:
        raise CommandError(f"Refused: that is not the password of {person.username}.", returncode=REFUSED)


def _password(person: User, password_file: str | None) -> str:
    if password_file:
        try:
            return Path(password_file).read_text(encoding="utf-8").rstrip("\r\n")
        except (OSError, ValueError) as error:
            raise CommandError(f"The password cannot be read: {error}", returncode=USAGE) from None
    if not sys.stdin.isatty():
        raise CommandError("Nobody is there to type a password: add --password-file.", returncode=USAGE)
    return getpass.getpass(f"Password of {person.username}: ")
