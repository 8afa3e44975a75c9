"""What the demo's processes find in their environment, and a command that gives the same to people."""

from __future__ import annotations

import os
import secrets
import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import quote

# Whatever of these the person who starts the demo has set leads elsewhere.
THEIRS = ("AWS_", "KEYCONSOLE_", "DJANGO_")


def demo_environment(database: Path, sandbox_url: str) -> dict[str, str]:
    """Ours without anything that could lead to a real AWS account or to another KeyConsole's database."""
    return with_settings(demo_settings(database, sandbox_url))


def with_settings(settings: Mapping[str, str]) -> dict[str, str]:
    theirs = (*THEIRS, "PYTHONDONTWRITEBYTECODE")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(theirs)}
    return {**kept, **settings}


def demo_settings(database: Path, sandbox_url: str) -> dict[str, str]:
    return {
        "KEYCONSOLE_DEMO": "1",
        "KEYCONSOLE_SECRET_KEY": secrets.token_urlsafe(48),
        "KEYCONSOLE_DATA_DIR": str(database.parent),
        "KEYCONSOLE_DATABASE_URL": f"sqlite:///{quote(str(database))}",
        # payments, as the sandbox's organization has it.
        "KEYCONSOLE_ORGANIZATION_ACCOUNTS": "111122223333",
        "AWS_ACCESS_KEY_ID": "sandbox",
        "AWS_SECRET_ACCESS_KEY": "sandbox",
        "AWS_ENDPOINT_URL": sandbox_url,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "NO_PROXY": "127.0.0.1,localhost",
        "no_proxy": "127.0.0.1,localhost",
    }


def signing_settings(folder: Path) -> dict[str, str]:
    """The record's own key, and a folder that keeps its checkpoints."""
    return {
        "KEYCONSOLE_CHECKPOINT_KEY_FILE": str(folder / "record-key.pem"),
        "KEYCONSOLE_CHECKPOINT_ORIGIN": "demo.example.org/record",
        "KEYCONSOLE_ANCHOR_DIRECTORY": str(folder / "anchor"),
    }


def write_command(file: Path, program: Sequence[str], settings: Mapping[str, str]) -> None:
    """A script that is KeyConsole's command line on this demo, in whatever folder and shell it is called.

    A password or token that is given to a command by its variable is the one thing of theirs that it leaves.
    """
    theirs = "|".join(THEIRS)
    lines = [
        "#!/bin/sh",
        f"for name in $(env | LC_ALL=C sed -n -E 's/^(({theirs})[A-Za-z0-9_]*)=.*/\\1/p'); do",
        '    case "$name" in KEYCONSOLE_PASSWORD* | KEYCONSOLE_TOKEN*) ;; *) unset "$name" ;; esac',
        "done",
        *(f"export {name}={shlex.quote(value)}" for name, value in settings.items()),
        f'exec {shlex.join(program)} "$@"',
    ]
    file.touch(mode=0o700)
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
