"""The person behind a command: where their proof comes from, and how a command without one ends."""

from __future__ import annotations

import getpass
import os
import sys
from argparse import ArgumentParser
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import CommandError
from django.utils import timezone

from keyconsole import terminal
from keyconsole.logs.secrets import keep_out
from keyconsole.people.proof import Proof, prove_by_password, prove_by_token
from keyconsole.refusals import Refused

REFUSED, USAGE = 1, 2
PASSWORD, TOKEN = "KEYCONSOLE_PASSWORD", "KEYCONSOLE_TOKEN"


def add_who_acts(parser: ArgumentParser) -> None:
    """What every command has that takes a person's word."""
    parser.add_argument(
        "--as",
        dest="username",
        default="",
        help="the person who acts (default: whose token it is, else the one called like your login)",
    )
    parser.add_argument(
        "--password-file", default="", help=f"their password, in the place of {PASSWORD} or {TOKEN}"
    )


def who_acts(options: Mapping[str, Any], *, by_password: bool = False) -> Proof:
    """Ends the command where nobody proves who they are: 1 for a wrong proof, 2 where there is none.

    `by_password`: a token is not enough, since it does not show that the person is there.
    """
    username, file = options["username"], options["password_file"]
    try:
        token = "" if file or by_password else _from_environment(TOKEN)
        keep_out([token.strip()])
        if token:
            return prove_by_token(token.strip(), username=username, now=timezone.now())
        username = username or _called_like_the_login()
        _end_without_a_password(username, by_password=by_password)
        password = _read(file) if file else _from_environment(PASSWORD) or _typed(username, by_password)
        keep_out([password])
        return prove_by_password(username, password, now=timezone.now())
    except Refused as refused:
        raise CommandError(f"Refused: {refused}", returncode=REFUSED) from None


def _called_like_the_login() -> str:
    username = terminal.os_user()
    if not User.objects.filter(username=username).exists():
        raise CommandError(f"There is no person {username!r}. Say who acts with --as.", returncode=USAGE)
    return username


def _end_without_a_password(username: str, *, by_password: bool) -> None:
    """Of who comes by single sign-on alone nobody asks what they do not have; they read what to do."""
    person = User.objects.filter(username=username).first() if username.isprintable() else None
    if person is None or person.has_usable_password():
        return
    ways = (
        "This takes one: do it in the browser. While single sign-on is away, "
        f"`manage.py emergency_sign_in {username}` opens it."
        if by_password
        else f"A token that they make on their page in the browser proves them here, in {TOKEN}."
    )
    raise CommandError(f"{username} has no password here. {ways}", returncode=USAGE)


def _typed(username: str, by_password: bool) -> str:
    if not sys.stdin.isatty():
        ways = f"set {PASSWORD}" + ("" if by_password else f" or {TOKEN}")
        sentence = f"Nobody is there to type the password of {username[:150]!r}: {ways}."
        raise CommandError(sentence, returncode=USAGE)
    return getpass.getpass(f"Password of {username[:150]!r}: ")


def _from_environment(name: str) -> str:
    """The secret, or what the file holds that `NAME_FILE` names."""
    file = os.environ.get(f"{name}_FILE", "")
    return _read(file) if file else os.environ.get(name, "")


def _read(file: str) -> str:
    try:
        return Path(file).read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, ValueError) as error:
        raise CommandError(f"The password or token cannot be read: {error}", returncode=USAGE) from None
