"""The way in of `keyconsole` and `manage.py`: Django's commands, and how we end when something is missing."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import django
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line
from django.db import DatabaseError, OperationalError

from keyconsole import __version__
from keyconsole.closed_output import ends_quietly_when_nobody_reads
from keyconsole.pending_migrations import NO_TABLES_YET, has_pending_migrations

_DEMO_COMMANDS = Path(__file__).parent / "demo" / "management" / "commands"


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "keyconsole.settings")
    with ends_quietly_when_nobody_reads():
        arguments = take_data_dir(sys.argv)
        if arguments[1:2] in (["version"], ["--version"]):
            sys.stdout.write(f"KeyConsole {__version__}, Django {django.__version__}\n")
            return
        _refuse_without_sandbox(arguments)
        with _told_in_one_sentence(arguments):
            if arguments[1:2] == ["migrate"]:
                make_data_dir()
            execute_from_command_line(arguments)


def take_data_dir(arguments: list[str]) -> list[str]:
    """What is left for Django. Settings, and processes that we start, find the folder in the environment."""
    left: list[str] = []
    rest = iter(arguments)
    for each in rest:
        name, equals, value = each.partition("=")
        if each == "--":
            return [*left, each, *rest]
        if name != "--data-dir":
            left.append(each)
            continue
        folder = value if equals else next(rest, "")
        if not folder:
            sys.exit("--data-dir needs a folder.")
        os.environ["KEYCONSOLE_DATA_DIR"] = str(Path(folder).absolute())
    return left


def make_data_dir() -> None:
    """For the one user: SQLite's file holds sessions and password hashes."""
    folder: Path = settings.KEYCONSOLE_DATA_DIR
    if not Path(settings.DATABASES["default"]["NAME"]).is_relative_to(folder):
        return
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise ImproperlyConfigured(
            f"The data folder {folder} cannot be made: {error.strerror}. "
            "Name another one with --data-dir or KEYCONSOLE_DATA_DIR."
        ) from None


def _refuse_without_sandbox(arguments: list[str]) -> None:
    command = "".join(arguments[1:2])
    if command and (_DEMO_COMMANDS / f"{command}.py").is_file() and not find_spec("moto"):
        sys.exit(
            f"`keyconsole {command}` needs the sandbox: install keyconsole[sandbox] instead of keyconsole."
        )


@contextmanager
def _told_in_one_sentence(arguments: list[str]) -> Iterator[None]:
    """What an operator can mend needs no traceback, unless they ask for it."""
    try:
        yield
    except (ImproperlyConfigured, DatabaseError) as error:
        if "--traceback" in arguments:
            raise
        if isinstance(error, ImproperlyConfigured):
            sys.exit(str(error))
        try:
            lacks_tables = has_pending_migrations()
        except OperationalError as silence:
            sys.exit(f"The database does not answer: {silence}")
        if lacks_tables:
            sys.exit(NO_TABLES_YET)
        raise
